/** Build an element: properties as attributes, `on…` as listeners, children as nodes or words. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Send JSON with the form's CSRF token; throws `Offline` when no answer came and `Refused` for an answer that says no. */
export class Offline extends Error {}
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function post(url, body, token) {
  const json = !(body instanceof FormData);
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  if (json) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, { method: "POST", headers, body: json ? JSON.stringify(body) : body, credentials: "same-origin" });
  } catch {
    throw new Offline();
  }
  if (response.status >= 500) throw new Offline();
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || response.redirected) {
    throw new Refused(response.redirected ? 401 : response.status, answer.message ?? "");
  }
  return answer;
}

let labels = 0;

/** Ask for some words in a dialog; resolves to an object by field name, or null when cancelled. */
export function ask(title, fields, { confirm = "确定" } = {}) {
  return new Promise((resolve) => {
    const inputs = fields.map((field) => {
      labels += 1;
      const id = `editor-field-${labels}`;
      const input = element("input", { id, type: "text", name: field.name, maxlength: field.most ?? 500, "aria-describedby": `${id}-help` });
      input.value = field.value ?? "";
      return { field, input, row: element("p", {}, element("label", { for: id }, field.label), input, element("small", { id: `${id}-help` }, field.help ?? "")) };
    });
    labels += 1;
    const problem = element("p", { role: "alert", class: "editor-problem" });
    const form = element("form", { method: "dialog" },
      element("h2", { id: `editor-dialog-${labels}` }, title), ...inputs.map(({ row }) => row), problem,
      element("p", { class: "editor-dialog-buttons" },
        element("button", { type: "submit", value: "ok", class: "editor-primary" }, confirm),
        element("button", { type: "button", onclick: () => dialog.close() }, "取消")));
    const dialog = element("dialog", { class: "editor-dialog", "aria-labelledby": `editor-dialog-${labels}` }, form);
    let answer = null;
    form.addEventListener("submit", (event) => {
      // Enter on a phone keyboard may not send a form whose dialog sits in another form.
      event.preventDefault();
      const wrong = inputs.map(({ field, input }) => field.problem?.(input.value) ?? "").find(Boolean);
      problem.textContent = wrong ?? "";
      if (wrong) return;
      answer = Object.fromEntries(inputs.map(({ field, input }) => [field.name, input.value.trim()]));
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    inputs[0]?.input.select();
  });
}
