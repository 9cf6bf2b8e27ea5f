// Ends the messages to this browser when its reader signs out: who comes next may be another.

// A push service that does not answer keeps nobody from signing out.
const PATIENCE = 2000;

const endMessages = async () => {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  // The push service answers our next message that this browser is gone, and it is forgotten.
  await subscription?.unsubscribe();
};

const patience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE));

const signOut = async (event) => {
  event.preventDefault();
  const form = event.target;
  await Promise.race([endMessages().catch(() => {}), patience()]);
  form.submit();
};

if ("serviceWorker" in navigator && "PushManager" in window) {
  // Of the forms on this page, this one has nothing to fill in but leads to the page itself.
  const form = document.querySelector(`main form[action="${location.pathname}"]`);
  form?.addEventListener("submit", signOut, { once: true });
}
