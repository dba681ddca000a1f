// The editor's page: once the editor stands, the plain field that serves pages without script is switched off.
import { editors } from "./editor.js";

const plain = document.querySelector("[data-plain-body]");
if (plain && editors.some(Boolean)) {
  plain.hidden = true;
  for (const area of plain.querySelectorAll("textarea")) area.disabled = true;
}
