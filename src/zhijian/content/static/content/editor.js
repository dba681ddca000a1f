// Mounts the article editor on every <div data-editor>. What the page has to provide is written in
// docs/dev/adr/0020-document-model-and-editor.md.
import {
  EditorState, EditorView, Node, baseKeymap, chainCommands, exitCode, goToNextCell, history, inputRules, keymap, liftListItem,
  redo, sinkListItem, splitListItem, tableEditing, textblockTypeInputRule, toggleMark, undo, wrappingInputRule,
} from "./vendor/prosemirror.js";
import { element } from "./dom.js";
import { Findings, findingsPlugin } from "./findings.js";
import { Images } from "./images.js";
import { markedPlugin } from "./marked.js";
import { cleanHtml, cleanSlice } from "./pasting.js";
import { Opinions, opinionsKey } from "./opinions.js";
import { codePoints } from "./positions.js";
import { Saving, keepPresence } from "./saving.js";
import { exportedSchema, schema } from "./schema.js";
import { editLinkCommand, toolbar } from "./toolbar.js";

const { nodes, marks } = schema;

function hardBreak(state, dispatch) {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
}

function keys({ step, focusToolbar, save }) {
  const enter = splitListItem(nodes.list_item);
  return keymap({
    "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo,
    "Mod-b": toggleMark(marks.strong), "Mod-i": toggleMark(marks.em), "Mod-u": toggleMark(marks.underline),
    "Mod-k": editLinkCommand,
    "Mod-s": () => { save(); return true; },
    Enter: enter, "Shift-Enter": chainCommands(exitCode, hardBreak),
    "Mod-]": sinkListItem(nodes.list_item), "Mod-[": liftListItem(nodes.list_item),
    Tab: goToNextCell(1), "Shift-Tab": goToNextCell(-1),
    F8: () => step(1), "Shift-F8": () => step(-1),
    "Alt-F10": () => { focusToolbar(); return true; },
  });
}

const rules = () => inputRules({
  rules: [
    wrappingInputRule(/^\s*([-*•])\s$/, nodes.bullet_list),
    wrappingInputRule(/^(\d{1,3})\.\s$/, nodes.ordered_list, (match) => ({ order: Number(match[1]) })),
    textblockTypeInputRule(/^(#{2,4})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
  ],
});

function readBody(area) {
  try {
    const body = area.value.trim() ? Node.fromJSON(schema, JSON.parse(area.value)) : nodes.doc.createAndFill();
    body.check();
    return body;
  } catch {
    return null;
  }
}

function countOn(input) {
  const most = Number(input.dataset.limit);
  if (!most) return;
  const shown = element("output", { class: "editor-counter" });
  input.insertAdjacentElement("afterend", shown);
  const count = () => {
    const length = codePoints(input.value);
    shown.textContent = length > most ? `${length}/${most} 超出 ${length - most} 字` : `${length}/${most}`;
    shown.classList.toggle("editor-over", length > most);
  };
  input.addEventListener("input", count);
  count();
}

export function mount(host) {
  const form = host.closest("form");
  const scope = form ?? document;
  const area = scope.querySelector('textarea[name="document"]');
  const doc = readBody(area);
  if (!doc) {
    host.append(element("p", { role: "alert" }, "正文没有读出来。请刷新页面；如果仍然这样，请联系管理员。"));
    return null;
  }
  const settings = host.dataset;
  const fields = { title: scope.querySelector('[name="title"]'), digest: scope.querySelector('[name="digest"]') };
  const find = (name) => scope.querySelector(name) ?? document.querySelector(name);
  const token = scope.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
  const notice = element("p", { role: "status", class: "editor-notice" });
  const offer = element("div");
  const images = new Images({ uploadUrl: settings.uploadUrl, imageUrl: settings.imageUrl, token, say: (words) => { notice.textContent = words; } });

  let view = null;
  const bar = toolbar(() => view, () => images.choose(view));
  const current = () => ({ document: view.state.doc.toJSON(), title: fields.title?.value ?? "", digest: fields.digest?.value ?? "" });

  function changed() {
    area.value = JSON.stringify(view.state.doc.toJSON());
    findings.changed();
    saving.changed();
    host.dispatchEvent(new CustomEvent("zhijian:document-changed", { bubbles: true, detail: current() }));
  }

  const page = element("div", { class: "editor-page" });
  host.classList.add("editor");
  host.replaceChildren(bar.dom, notice, offer, page);
  const label = element("span", { class: "editor-help", id: "editor-help" },
    "按 Alt+F10 到工具栏，按 F8 到下一处发现的问题。");
  host.append(label);

  view = new EditorView(page, {
    state: EditorState.create({
      doc,
      plugins: [
        history(), rules(),
        keys({ step: (direction) => findings.step(direction), focusToolbar: () => bar.focus(), save: () => saving.save() }),
        keymap(baseKeymap), tableEditing(), markedPlugin(), findingsPlugin((finding) => findings.mark(finding)),
        findingsPlugin((finding) => opinions.mark(finding), opinionsKey),
      ],
    }),
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "正文", "aria-describedby": "editor-help", class: "editor-text", lang: "zh-CN" },
    nodeViews: { image: (node, own, position) => images.view(node, own, position) },
    transformPastedHTML: cleanHtml,
    transformPasted: (slice) => cleanSlice(slice, schema),
    handlePaste(own, event) {
      const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
      const words = event.clipboardData?.getData("text/html") || event.clipboardData?.getData("text/plain");
      if (picture && !words && settings.uploadUrl) {
        images.insert(own, picture);
        return true;
      }
      const lost = (event.clipboardData?.getData("text/html").match(/<img\b/gi) ?? []).length;
      if (lost) notice.textContent = `粘贴的内容里有 ${lost} 张图片没有带入，请用“图片”按钮插入。`;
      return false;
    },
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      bar.update(view.state);
      if (transaction.docChanged) changed();
    },
  });

  function restore(content) {
    try {
      const fresh = Node.fromJSON(schema, content.document);
      fresh.check();
      view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, fresh.content));
    } catch {
      notice.textContent = "本机暂存的文字读不出来，没有恢复。";
      return;
    }
    for (const name of ["title", "digest"]) {
      if (fields[name]) {
        fields[name].value = content[name] ?? "";
        fields[name].dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    view.focus();
  }

  const findings = new Findings({ view, margin: find("[data-findings]"), url: settings.screenUrl, token, current, fields });
  const opinions = new Opinions({ view, place: find("[data-opinions]"), version: () => saving.version, token, current, fields });
  const status = find("[data-save-state]") ?? page.insertAdjacentElement("afterend", element("p"));
  status.setAttribute("role", "status");
  const saving = new Saving({
    url: settings.autosaveUrl, token, name: settings.draftKey, version: Number(settings.version ?? 0), current, status, offer, form, restore,
  });
  keepPresence({ url: settings.presenceUrl, token, place: find("[data-presence]") });
  for (const input of Object.values(fields)) {
    if (!input) continue;
    countOn(input);
    input.addEventListener("input", changed);
  }
  area.hidden = true;
  area.value = JSON.stringify(view.state.doc.toJSON());
  bar.update(view.state);
  if (settings.screenUrl) findings.screen();
  return { view, findings, opinions, saving };
}

export const editors = [...document.querySelectorAll("[data-editor]")].map(mount);
export { exportedSchema };
