// Helps to write: buttons that format, a preview, members to mention, quotes of what is selected.
// Keeps what is written on the server. Without it, the form has buttons for what matters.

const form = document.querySelector("[data-composer]");
const text = form.querySelector("[data-composer-source]");

const change = (start, end, words) => {
  text.focus();
  text.setSelectionRange(start, end);
  // This way what was written can be undone, where browsers know how.
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, start, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

// Formatting

const around = (before, after, words = "") => {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const chosen = value.slice(start, end) || words;
  change(start, end, before + chosen + after);
  text.setSelectionRange(start + before.length, start + before.length + chosen.length);
};

const eachLine = (mark) => {
  const { selectionEnd, value } = text;
  const start = value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const lines = value.slice(start, selectionEnd).split("\n");
  change(start, selectionEnd, lines.map((line, index) => mark(index) + line).join("\n"));
};

const code = () => {
  const isBlock = text.value.slice(text.selectionStart, text.selectionEnd).includes("\n");
  return isBlock ? around("```\n", "\n```") : around("`", "`");
};

const marks = {
  bold: () => around("**", "**"),
  italic: () => around("*", "*"),
  link: () => around("[", "](https://)", toolbar.querySelector("[data-words]").dataset.words),
  quote: () => eachLine(() => "> "),
  list: () => eachLine(() => "- "),
  numbers: () => eachLine((index) => `${index + 1}. `),
  code,
};

const toolbar = form.querySelector("[data-composer-toolbar]");
toolbar.hidden = false;
toolbar.addEventListener("click", (event) => {
  const { mark, emoji } = event.target.closest("button")?.dataset ?? {};
  if (mark) marks[mark]();
  if (emoji) {
    toolbar.querySelector("details").open = false;
    change(text.selectionStart, text.selectionEnd, emoji);
  }
});

const shortcuts = { b: "bold", i: "italic", k: "link" };
text.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[name=send]"));
  } else if (shortcuts[event.key]) {
    event.preventDefault();
    marks[shortcuts[event.key]]();
  }
});

// The draft

const PAUSE = 3000;
const status = form.querySelector("[data-composer-status]");
const number = form.elements.number;
let count = Number(number.value) || 0;
let timer;
let sending = null;
let isChanged = false;
let isStopped = false;

const say = (words) => {
  status.textContent = words;
};

const draft = () => {
  isChanged = false;
  count += 1;
  number.value = count;
  const data = new FormData(form);
  // Files are not a part of it.
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
};

async function keep() {
  try {
    const response = await fetch(form.dataset.keep, { method: "POST", body: draft() });
    if (response.ok) return say(form.dataset.kept);
    // In another window it goes on: that one keeps it from now.
    isStopped = response.status === 409;
    isChanged = !isStopped;
    const answer = await response.json().catch(() => ({ error: "" }));
    say(`${form.dataset.notKept} ${answer.error}`);
  } catch {
    isChanged = true;
    say(`${form.dataset.notKept} ${form.dataset.unreachable}`);
  }
}

function keepSoon() {
  clearTimeout(timer);
  if (isStopped) return;
  timer = setTimeout(async () => {
    if (sending) return keepSoon();
    sending = keep();
    await sending;
    sending = null;
  }, PAUSE);
}

form.addEventListener("input", () => {
  isChanged = true;
  say("");
  keepSoon();
});

// What is on its way arrives first: it must not come as a draft of what is posted by then.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  isStopped = true;
  if (!sending) return;
  event.preventDefault();
  await sending;
  form.requestSubmit(event.submitter);
});

window.addEventListener("pagehide", () => {
  if (isChanged && !isStopped) navigator.sendBeacon(form.dataset.keep, draft());
});

// Coming back to the page as it was, one goes on.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) isStopped = false;
});

// The preview

const preview = form.querySelector("[data-composer-preview]");
form.elements.preview.addEventListener("click", async (event) => {
  event.preventDefault();
  const answer = await fetch(form.dataset.look, { method: "POST", body: new FormData(form) })
    .then((response) => response.json())
    .catch(() => ({ error: form.dataset.unreachable }));
  if (answer.error) return say(answer.error);
  preview.querySelector(".forum-text").innerHTML = answer.html;
  preview.hidden = false;
  preview.scrollIntoView({ block: "nearest" });
});

// Mentions

const list = form.querySelector("#composer-mentions");
const AT = /(?:^|[^\p{L}\p{N}_@/.])@([\p{L}\p{N}_-]{1,40})$/u;
let chosen = -1;
let asking;
let asked = "";

const options = () => [...list.children];
const close = () => {
  list.hidden = true;
  list.replaceChildren();
  text.removeAttribute("aria-activedescendant");
  chosen = -1;
};
const typed = () => text.value.slice(0, text.selectionStart).match(AT)?.[1] ?? "";

const point = (index) => {
  const all = options();
  chosen = (index + all.length) % all.length;
  all.forEach((one, place) => one.setAttribute("aria-selected", String(place === chosen)));
  all[chosen].scrollIntoView({ block: "nearest" });
  text.setAttribute("aria-activedescendant", all[chosen].id);
};

const take = (option) => {
  const end = text.selectionStart;
  change(end - typed().length, end, `${option.dataset.handle} `);
  close();
};

const optionOf = (member, index) => {
  const option = document.createElement("li");
  const name = document.createElement("bdi");
  const handle = document.createElement("bdi");
  option.id = `composer-mention-${index}`;
  option.role = "option";
  option.dataset.handle = member.handle;
  name.textContent = member.name;
  handle.textContent = `@${member.handle}`;
  option.append(name, " ", handle);
  return option;
};

async function offer() {
  const query = typed();
  if (!query) return close();
  const address = new URL(form.dataset.mentions, location.href);
  address.search = new URLSearchParams({ q: query, thread: form.dataset.thread ?? "" });
  const response = await fetch(address).catch(() => null);
  if (!response?.ok || typed() !== query) return;
  const { members } = await response.json();
  if (typed() !== query || !members.length) return close();
  list.replaceChildren(...members.map(optionOf));
  list.hidden = false;
  point(0);
}

text.setAttribute("aria-autocomplete", "list");
text.setAttribute("aria-controls", list.id);
text.addEventListener("input", () => {
  clearTimeout(asking);
  if (!typed()) return close();
  if (typed() === asked && !list.hidden) return;
  asked = typed();
  asking = setTimeout(offer, 150);
});
text.addEventListener("blur", () => setTimeout(close, 150));
text.addEventListener("keydown", (event) => {
  if (list.hidden || event.ctrlKey || event.metaKey) return;
  const keys = {
    ArrowDown: () => point(chosen + 1),
    ArrowUp: () => point(chosen - 1),
    Enter: () => take(options()[chosen]),
    Tab: () => take(options()[chosen]),
    Escape: close,
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  keys[event.key]();
});
list.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const option = event.target.closest("[role=option]");
  if (option) take(option);
});

// Quotes of what is selected in a post, into the form at the foot of the thread

const selectedIn = (post) => {
  const selection = window.getSelection();
  const words = post?.querySelector(".forum-text");
  const isInside = words?.contains(selection.anchorNode) && words.contains(selection.focusNode);
  return isInside ? selection.toString().trim() : "";
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-quote]");
  if (!link) return;
  const words = selectedIn(document.querySelector(`#post-${link.dataset.quote}`));
  if (!words) return; // the whole post, by its link
  event.preventDefault();
  const lines = words.split("\n").map((line) => `> ${line}`.trimEnd());
  const head = `> [@${link.dataset.quoteHandle}](${link.dataset.quoteAddress})`;
  const before = text.value.trimEnd();
  const quote = `${before ? "\n\n" : ""}${head}\n>\n${lines.join("\n")}\n\n`;
  change(before.length, text.value.length, quote);
  if (!form.elements.reply_to.value) form.elements.reply_to.value = link.dataset.quote;
  text.scrollIntoView({ block: "center" });
});

// Topics: those that are known, after those that are typed

const topics = form.elements.topics;
const known = form.querySelector("#composer-known-topics");
if (topics && known) {
  const names = [...known.options].map((option) => option.value);
  topics.addEventListener("input", () => {
    const before = topics.value.match(/^.*[,،]\s*/s)?.[0] ?? "";
    known.replaceChildren(...names.map((name) => new Option("", before + name)));
  });
}
