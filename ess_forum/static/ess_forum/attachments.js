// Files are sent while the text is being written: chosen, dropped on it, or pasted.
// Without it, they are chosen and go with the form.

for (const place of document.querySelectorAll("[data-attach]")) prepare(place);

function prepare(place) {
  const form = place.closest("form");
  const input = place.querySelector("input[type=file]");
  const text = form.querySelector("[data-composer-source]");
  const bar = place.querySelector("progress");
  const said = place.querySelector("[data-attach-said]");
  place.querySelector("[data-attach-button]").hidden = true;
  place.querySelector("[data-attach-hint]").hidden = false;

  let waiting = Promise.resolve();

  const take = (files) => {
    for (const file of files) waiting = waiting.then(() => attach(file));
  };

  async function attach(file) {
    bar.hidden = false;
    bar.value = 0;
    said.textContent = `${place.dataset.working} ${file.name}`;
    const answer = await send(place.dataset.address, form, file, (part) => {
      bar.value = part;
    });
    bar.hidden = true;
    if (answer.markdown) {
      put(text, answer.markdown);
      said.textContent = `${place.dataset.done} ${answer.name}`;
    } else {
      said.textContent = answer.error ?? place.dataset.unreachable;
    }
  }

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
  text.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  text.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}

// `fetch` does not tell how far it has come.
function send(address, form, file, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.set("file", file);
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => tell(event.loaded / event.total));
    request.addEventListener("load", () => resolve(request.response ?? {}));
    request.addEventListener("error", () => resolve({}));
    request.send(data);
  });
}

// A paragraph of its own, where the cursor is.
function put(text, markdown) {
  const before = text.value.slice(0, text.selectionStart).trimEnd();
  const after = text.value.slice(text.selectionEnd).trimStart();
  text.value = [before, markdown, after].filter(Boolean).join("\n\n");
  const end = before ? before.length + 2 + markdown.length : markdown.length;
  text.setSelectionRange(end, end);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
