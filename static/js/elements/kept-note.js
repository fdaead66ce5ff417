/* On a page of trouble: shows the sentence inside where a draft was sent from this device just now and not accepted. */
import { isWaiting } from "drafts";

class KeptNote extends HTMLElement {
  connectedCallback() {
    this.hidden = !isWaiting();
  }
}

customElements.define("kept-note", KeptNote);
