// Blocks the import was unsure about: the editor keeps or deletes each one.
import { Decoration, DecorationSet, Plugin } from "./vendor/prosemirror.js";
import { element } from "./dom.js";

const LABELS = {
  navigation: "疑似网页导航", forum: "疑似论坛杂项", duplicate: "疑似重复内容", footer: "疑似页脚", metadata: "疑似文件信息",
  missing_image: "缺少图片", unsure: "请确认是否保留",
};

function decide(view, getPosition, keep) {
  const position = getPosition();
  const node = view.state.doc.nodeAt(position);
  const { tr } = view.state;
  if (keep) tr.setNodeMarkup(position, null, { ...node.attrs, marked: null });
  else if (view.state.doc.childCount === 1) tr.replaceWith(position, position + node.nodeSize, view.state.schema.nodes.paragraph.create());
  else tr.delete(position, position + node.nodeSize);
  view.dispatch(tr);
  view.focus();
}

function label(kind) {
  return (view, getPosition) => element("div", { class: "marked-label", contenteditable: "false" },
    element("strong", {}, LABELS[kind] ?? LABELS.unsure),
    element("button", { type: "button", onclick: () => decide(view, getPosition, true) }, "保留"),
    element("button", { type: "button", onclick: () => decide(view, getPosition, false) }, "删除"));
}

export const markedPlugin = () => new Plugin({
  props: {
    decorations(state) {
      const decorations = [];
      state.doc.forEach((node, position) => {
        const { marked } = node.attrs;
        if (!marked) return;
        decorations.push(Decoration.widget(position, label(marked), { side: -1, key: `marked-${position}-${marked}`, stopEvent: () => true }));
        decorations.push(Decoration.node(position, position + node.nodeSize, { class: "marked-block" }));
      });
      return DecorationSet.create(state.doc, decorations);
    },
  },
});
