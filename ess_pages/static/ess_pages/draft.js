// Keeps a draft on the server while it is being written. Without it, the form has a button for that.

const form = document.querySelector("[data-draft]");
const status = form.querySelector("[data-draft-status]");
const PAUSE = 4000;

let timer;
let sending = null;
let written = 0;
let kept = 0;

const say = (text) => {
  status.textContent = text;
};

async function keep() {
  const version = written;
  const data = new FormData(form);
  data.set("save", "1");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json" },
    });
    const answer = await response.json();
    if (answer.url) {
      kept = version;
      form.action = answer.url;
      history.replaceState(null, "", answer.url);
      say(form.dataset.kept);
    } else {
      say(`${form.dataset.notKept} ${answer.error}`);
    }
  } catch {
    say(`${form.dataset.notKept} ${form.dataset.unreachable}`);
  }
}

function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (sending) return keepSoon();
    sending = keep();
    await sending;
    sending = null;
  }, PAUSE);
}

form.addEventListener("input", () => {
  written += 1;
  say("");
  keepSoon();
});

// What is on its way becomes the draft that the buttons then act on: there is never a second one.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!sending) return;
  event.preventDefault();
  await sending;
  form.requestSubmit(event.submitter);
});
