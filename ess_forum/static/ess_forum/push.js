// Lets a browser take messages, where it can. Without it, the part of the page stays hidden.

const part = document.querySelector("[data-push]");
const { key, worker, subscribe, unsubscribe } = part.dataset;
// Each holds a button, which it hides.
const buttons = { on: part.querySelector("[data-push-on]"), off: part.querySelector("[data-push-off]") };
const status = part.querySelector("[data-push-status]");

const bytes = (text) => {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
};

const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const send = async (address, fields) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body: new URLSearchParams(fields),
  });
  if (!answer.ok) throw new Error(answer.status);
};

const show = (subscription) => {
  buttons.on.hidden = Boolean(subscription);
  buttons.off.hidden = !subscription;
};

const turnOn = async (registration) => {
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(key),
  });
  const fields = {
    endpoint: subscription.endpoint,
    public_key: encoded(subscription.getKey("p256dh")),
    secret: encoded(subscription.getKey("auth")),
  };
  await send(subscribe, fields);
  show(subscription);
};

const turnOff = async (registration) => {
  const subscription = await registration.pushManager.getSubscription();
  if (subscription) {
    await send(unsubscribe, { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  show(null);
};

const start = async () => {
  const registration = await navigator.serviceWorker.register(worker, { scope: "/" });
  const act = (what, said) => async () => {
    try {
      await what(registration);
      status.textContent = said;
    } catch {
      status.textContent = part.dataset.failed;
    }
  };
  buttons.on.addEventListener("click", act(turnOn, part.dataset.isOn));
  buttons.off.addEventListener("click", act(turnOff, part.dataset.isOff));
  show(await registration.pushManager.getSubscription());
  part.hidden = false;
};

if ("serviceWorker" in navigator && "PushManager" in window) start();
