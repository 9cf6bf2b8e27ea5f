// Shows which actors may be meant while a name is typed. Without it, the server asks once it is sent.

const PAUSE = 250;
const SHORTEST = 2;

const start = (field) => {
  const text = field.querySelector("input[type=text]");
  const part = (name) => field.querySelector(`[data-actors-${name}]`);
  const list = part("list");
  let timer;
  let latest = 0;

  const row = ({ key, name, place }) => {
    const label = part("row").content.cloneNode(true).firstElementChild;
    const radio = label.querySelector("input");
    radio.value = key;
    radio.dataset.name = name;
    label.querySelector("bdi").textContent = name;
    label.querySelector("small").textContent = place;
    return label;
  };

  const show = (actors, hasMore, isKnown = true) => {
    list.replaceChildren(...actors.map(row));
    part("found").hidden = actors.length === 0;
    part("more").hidden = !hasMore;
    part("status").textContent = isKnown ? "" : field.dataset.none;
  };

  const ask = async () => {
    const number = ++latest;
    const words = text.value.trim();
    if (words.length < SHORTEST) return show([], false);
    try {
      const response = await fetch(`${field.dataset.actors}?q=${encodeURIComponent(words)}`);
      if (!response.ok || number !== latest) return;
      const { actors, has_more: hasMore } = await response.json();
      // Another letter may have been typed while this was read.
      if (number === latest) show(actors, hasMore, actors.length > 0);
    } catch {
      // The server asks later.
    }
  };

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  list.addEventListener("change", ({ target }) => {
    if (target.dataset.name) text.value = target.dataset.name;
  });
};

document.querySelectorAll("[data-actors]").forEach(start);
