// Keyboard shortcuts: j and k go through posts or threads, o opens, r replies, n goes to what is
// unread, / searches, ? lists them. Each has its link or button on the page, too.

const help = document.querySelector("[data-shortcuts]");
const steps = [...document.querySelectorAll("[data-step]")];

// On an Arabic keyboard the same keys give other letters: what counts is where they are.
const BY_PLACE = { KeyJ: "j", KeyK: "k", KeyO: "o", KeyR: "r", KeyN: "n", Slash: "/" };

function keyOf(event) {
  if (event.key === "?" || event.key === "؟") return "?";
  const isLatin = /^[a-z\/]$/i.test(event.key);
  return isLatin ? event.key.toLowerCase() : (BY_PLACE[event.code] ?? event.key);
}

const isTyping = (target) =>
  target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select, dialog");

const focusable = (step) => (step.tabIndex >= -1 && step.hasAttribute("tabindex") ? step : step.querySelector("a"));

function current() {
  return steps.findIndex((step) => step.contains(document.activeElement));
}

function firstInView() {
  return steps.findIndex((step) => step.getBoundingClientRect().bottom > 0);
}

function go(by) {
  const at = current();
  const next = at < 0 ? firstInView() : at + by;
  const step = steps[Math.max(0, Math.min(next, steps.length - 1))];
  focusable(step)?.focus();
}

function follow(selector) {
  document.querySelector(selector)?.click();
}

function reply() {
  const text = document.querySelector(".forum-reply textarea");
  if (text) text.focus();
  else follow(".forum-reply a");
}

function search() {
  const field = document.querySelector("main input[type=search]");
  if (field) field.focus();
  else if (help.dataset.search) location.assign(help.dataset.search);
}

function unread() {
  const divider = document.querySelector("#unread");
  if (!divider) return follow("[data-unread]");
  divider.scrollIntoView();
  divider.nextElementSibling?.focus();
}

const acts = {
  j: () => go(1),
  k: () => go(-1),
  o: () => steps[current()]?.querySelector("h3 a, .forum-permalink")?.click(),
  r: reply,
  n: unread,
  "/": search,
  "?": () => help.showModal(),
};

if (help) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = acts[keyOf(event)];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const button = document.querySelector("[data-shortcuts-open]");
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}
