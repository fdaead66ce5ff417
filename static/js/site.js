/* Fetches the code of a custom element when the page first holds one, and tells people when something did not go through. */
import { phrase } from "phrases";

const asked = new Set();

function define(root) {
  for (const element of root.querySelectorAll(":not(:defined)")) {
    const name = element.localName;
    if (asked.has(name)) continue;
    asked.add(name);
    import(`elements/${name}`);
  }
}

/* What is said while the page is young waits for the element that shows it. */
export async function toast(text, level = "info") {
  await customElements.whenDefined("toast-list");
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

/* Says the words of a status region to whoever does not see the page; emptied first, since the same words twice would be read once. */
export function say(place) {
  place.textContent = "";
  setTimeout(() => { place.textContent = place.dataset.words; }, 100);
}

define(document);
document.addEventListener("htmx:load", (event) => define(event.target.parentElement ?? document));
document.addEventListener("htmx:responseError", () => toast(phrase("failed"), "error"));
document.addEventListener("htmx:sendError", () => toast(phrase(navigator.onLine ? "failed" : "offline"), "error"));

/* What the server says it has accepted is no draft any more; the page that hears of it may hold no box. */
if (/(?:^|; )(?:__Host-)?draft=/.test(document.cookie)) import("drafts").then((drafts) => drafts.settle());

/* One page for times without a network. A browser that has no room for it, or does not want it, loses nothing else. */
const { lang, dataset } = document.documentElement;
navigator.serviceWorker?.register(`/offline-worker.js?${new URLSearchParams({ lang, theme: dataset.theme ?? "" })}`).catch((refusal) => console.warn(refusal));
