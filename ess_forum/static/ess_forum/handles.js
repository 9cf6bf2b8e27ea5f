/* Offers members while their handles are typed, one after another, in a field. */

const field = document.querySelector("input[data-handles]");
const list = document.createElement("datalist");

let asked = 0;

async function offer() {
  const [, before, word] = field.value.match(/^(.*?)@?([^\s,،;؛@]*)$/su);
  if (!word) return;
  const mine = ++asked;
  const address = new URL(field.dataset.handles, location.href);
  address.searchParams.set("q", word);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok || mine !== asked) return;
  const { members } = await answer.json();
  list.replaceChildren(
    ...members.map(({ handle, name }) => new Option(name, `${before}@${handle} `)),
  );
}

if (field) {
  list.id = "handles-offered";
  field.after(list);
  field.setAttribute("list", list.id);
  let wait;
  field.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => offer().catch(() => {}), 200);
  });
}
