/* Changes the theme at once; the form inside still tells the server, which remembers it. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.change(event));
  }

  async change(event) {
    event.preventDefault();
    const { form, value } = event.submitter;
    const root = document.documentElement;
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
    if (!answer.ok && answer.type !== "opaqueredirect") form.submit();
  }
}

customElements.define("theme-switch", ThemeSwitch);
