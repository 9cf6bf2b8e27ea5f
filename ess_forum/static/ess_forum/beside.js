// Reactions, bookmarks, votes, following: shown anew in their place, without leaving the page.
// Without it, the same forms lead to the page again.

const SCRIPT = { Accept: "application/json" };

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-beside]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  const said = form.querySelector("[data-said]");
  said.textContent = "";
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, event.submitter),
      headers: SCRIPT,
    });
    const answer = await response.json();
    if (answer.html) putInPlace(form.closest("[data-part]"), answer.html, event.submitter);
    else said.textContent = answer.error;
  } catch {
    // It may be that the session is over: the page itself says so.
    form.removeAttribute("data-beside");
    form.requestSubmit(event.submitter);
  } finally {
    delete form.dataset.sending;
  }
});

function putInPlace(part, html, submitter) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-part]");
  part.replaceWith(fresh);
  const again =
    [...fresh.querySelectorAll("button")].find(
      (button) => button.value === submitter?.value && button.offsetParent,
    ) ?? fresh.querySelector("button, summary");
  again?.focus({ preventScroll: true });
}

// A post in the reader's language: asked for with the token of any form of the page.

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-translate]");
  const back = event.target.closest("a[data-original]");
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (back) return showOriginal(event, back);
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const text = link?.closest("article")?.querySelector(".forum-text");
  if (!link || !token || !text) return;
  event.preventDefault();
  link.setAttribute("aria-busy", "true");
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  try {
    const response = await fetch(link.href, { method: "POST", body, headers: SCRIPT });
    const answer = await response.json();
    if (!answer.html) return sayBeside(link, answer.error);
    sayBeside(link, "");
    text.insertAdjacentHTML("afterend", answer.html);
    text.hidden = link.hidden = true;
    link.closest("article").querySelector("[data-original]").focus();
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
});

function showOriginal(event, back) {
  const article = back.closest("article");
  if (!article) return;
  event.preventDefault();
  const link = article.querySelector("a[data-translate]");
  back.closest("[data-translation]").remove();
  article.querySelector(".forum-text").hidden = link.hidden = false;
  link.focus();
}

function sayBeside(link, text) {
  let said = link.parentElement.querySelector("[data-translate-said]");
  if (!said) {
    said = document.createElement("span");
    said.className = "forum-meta";
    said.dataset.translateSaid = "";
    said.setAttribute("role", "status");
    link.after(said);
  }
  said.textContent = text;
}
