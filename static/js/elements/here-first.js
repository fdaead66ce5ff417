/* The list around it begins where one is: of a hundred lessons the current one stands in the middle, and the page stays where it was. */
class HereFirst extends HTMLElement {
  connectedCallback() {
    const list = this.parentElement;
    const show = () => {
      const here = list.querySelector("[aria-current]");
      if (here) list.scrollTop += here.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
    };
    // On a phone the list has no height before it is opened.
    list.addEventListener("toggle", show);
    show();
  }
}

customElements.define("here-first", HereFirst);
