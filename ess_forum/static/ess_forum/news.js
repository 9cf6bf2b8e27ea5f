// Says that there are new replies, while the thread is being read. Nothing on the page moves.

const place = document.querySelector("[data-news]");
const EVERY = 20_000;
const AT_MOST = 300_000;

let pause = EVERY;
let timer;

function show({ text, url }) {
  let link = place.querySelector("a");
  if (link?.textContent === text) return; // what was said is not said again
  link = document.createElement("a");
  link.href = url;
  link.textContent = text;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const isHere = link.pathname + link.search === location.pathname + location.search;
    location.assign(link.href);
    if (isHere) location.reload();
  });
  place.replaceChildren(link);
}

async function ask() {
  try {
    const response = await fetch(`${place.dataset.news}?after=${place.dataset.after}`);
    if (!response.ok) throw new Error(response.statusText);
    const news = await response.json();
    if (news.number) show(news);
    pause = EVERY;
  } catch {
    pause = Math.min(pause * 2, AT_MOST);
  }
  askLater();
}

function askLater() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, pause);
}

if (place) {
  askLater();
  document.addEventListener("visibilitychange", askLater);
}
