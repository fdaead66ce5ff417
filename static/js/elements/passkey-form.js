/* Asks the device for a passkey, or to make one, and sends its answer with the form inside. */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decoded({ publicKey }) {
  const withBytes = (thing) => ({ ...thing, id: bytes(thing.id) });
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) options.user = withBytes(publicKey.user);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (publicKey[list]) options[list] = publicKey[list].map(withBytes);
  }
  return options;
}

function encoded(credential) {
  const response = {};
  for (const field of ["attestationObject", "clientDataJSON", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[field]) response[field] = text(credential.response[field]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const { id, type, authenticatorAttachment } = credential;
  return { id, type, authenticatorAttachment, rawId: text(credential.rawId), response, clientExtensionResults: credential.getClientExtensionResults() };
}

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => this.ask(event));
  }

  async ask(event) {
    event.preventDefault();
    this.querySelector("[role=alert]").hidden = true;
    try {
      const credential = await this.answer();
      this.form.elements.credential.value = JSON.stringify(encoded(credential));
      this.form.submit();
    } catch {
      this.querySelector("[role=alert]").hidden = false;
    }
  }

  async answer() {
    const publicKey = decoded(await this.options());
    return this.hasAttribute("makes") ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  }

  async options() {
    const { options } = this.form.dataset;
    const data = options
      ? await (await fetch(options, { headers: { Accept: "application/json" } })).json()
      : JSON.parse(this.querySelector("script[type='application/json']").textContent);
    return data.request_options ?? this.creation(data.creation_options);
  }

  creation(found) {
    const stays = this.form.elements.passwordless?.checked;
    const wish = found.publicKey.authenticatorSelection ?? {};
    const selection = { ...wish, residentKey: stays ? "required" : "discouraged", requireResidentKey: Boolean(stays) };
    if (stays) selection.userVerification = "required";
    return { publicKey: { ...found.publicKey, authenticatorSelection: selection } };
  }
}

customElements.define("passkey-form", PasskeyForm);
