/* The list around it begins where one is: of a hundred lessons the current one stands in the middle, and the page stays where it was. */
class HereFirst extends HTMLElement {
  connectedCallback() {
    const list = this.parentElement;
    const show = () => {
      const here = list.querySelector("[aria-current]");
      if (!here) return;
      const at = here.getBoundingClientRect(), around = list.getBoundingClientRect();
      list.scrollTop += at.top - around.top - list.clientHeight / 2;
      list.scrollLeft += at.left - around.left - (list.clientWidth - at.width) / 2;
    };
    // On a phone the list has no height before it is opened.
    list.addEventListener("toggle", show);
    show();
  }
}

customElements.define("here-first", HereFirst);
