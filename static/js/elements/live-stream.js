/*
 * Keeps a part of the page true: applies what is said in one stream. topic, seq, stream: as the server signed them;
 * carried: a page that follows goes on where this one stopped.
 * append, prepend, replace, remove act on the element with the id that the message names, replace also on all that stand for it
 * by data-live, as the number at the bell does in two places; append puts what has a data-order among those that have one;
 * other words become a "live" event.
 */
import { listen } from "live";
import { say, toast } from "site";
import { phrase } from "phrases";

class LiveStream extends HTMLElement {
  connectedCallback() {
    listen({
      stream: this.getAttribute("stream"),
      token: this.getAttribute("topic"),
      seq: Number(this.getAttribute("seq")),
      isCarried: this.hasAttribute("carried"),
      apply: (message) => this.apply(message),
      reload: () => toast(phrase("live_reload")),
      present: (count) => this.present(count),
      typing: (name) => document.dispatchEvent(new CustomEvent("live:typing", { detail: { stream: this.getAttribute("stream"), name } })),
    });
  }

  apply({ action, target, html, stream }) {
    const element = target && document.getElementById(target);
    const places = document.querySelectorAll(`[data-live="${CSS.escape(target ?? "")}"]`);
    if (action === "toast") return toast(html);
    if (action === "remove") return element?.remove();
    if (action === "replace" && places.length) return places.forEach((place) => place.replaceWith(this.parse(html)));
    if (!element || !["append", "prepend", "replace"].includes(action)) {
      return document.dispatchEvent(new CustomEvent(`live:${action}`, { detail: { html, target, stream } }));
    }
    const fresh = this.parse(html);
    const known = [...fresh.children].map((child) => child.id && document.getElementById(child.id)).find(Boolean);
    if (known) known.replaceWith(fresh);
    else if (action === "replace") element.replaceWith(fresh);
    else if (action === "append" && fresh.firstElementChild?.dataset.order) this.place(fresh, element);
    else element[action](fresh);
    if (!known && action !== "replace") document.querySelectorAll(`[data-said-of="${CSS.escape(target)}"]`).forEach(say);
    document.getElementById(`no-${target}`)?.remove();
  }

  /* What came back may be older than all on a page that follows another: there it belongs to the page before. */
  place(fresh, list) {
    const { order } = fresh.firstElementChild.dataset;
    const later = [...list.children].find((one) => one.dataset.order > order);
    const isFirst = later && ![...list.children].some((one) => one.dataset.order < order);
    if (!(isFirst && "follows" in list.dataset)) list.insertBefore(fresh, later ?? null);
  }

  /* What everyone gets has no token of mine in its forms. */
  parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    for (const form of template.content.querySelectorAll("form[method=post]")) {
      const input = Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: token ?? "" });
      if (!form.elements.csrfmiddlewaretoken) form.append(input);
    }
    for (const child of template.content.children) child.classList.add("arrived");
    return template.content;
  }

  present(count) {
    for (const place of document.querySelectorAll(`[data-present="${CSS.escape(this.getAttribute("stream"))}"]`)) {
      place.hidden = count < 2;
      place.textContent = phrase("present", { count });
    }
  }
}

customElements.define("live-stream", LiveStream);
