// The editor's schema. It is the same as content/document/schema.py; a browser test compares the two.
import { Schema } from "./vendor/prosemirror.js";

const MARKED = { marked: { default: null } };
const SPANS = { colspan: { default: 1 }, rowspan: { default: 1 } };

const marked = (dom) => ({ marked: dom.getAttribute("data-marked") || null });
const textAttributes = (dom) => ({ ...marked(dom), align: alignmentOf(dom) });
const spans = (dom) => ({
  colspan: bounded(dom.getAttribute("colspan"), 50),
  rowspan: bounded(dom.getAttribute("rowspan"), 1000),
});

function bounded(value, most) {
  const number = Number.parseInt(value ?? "1", 10);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, most) : 1;
}

function alignmentOf(dom) {
  const align = dom.getAttribute("data-align") || dom.getAttribute("align");
  return ["center", "right"].includes(align) ? align : null;
}

function shown(node, extra = {}) {
  const attributes = { ...extra };
  if (node.attrs.marked) attributes["data-marked"] = node.attrs.marked;
  if (node.attrs.align) {
    attributes["data-align"] = node.attrs.align;
    attributes.class = `align-${node.attrs.align}`;
  }
  return attributes;
}

const cell = (tag) => (node) => {
  const attributes = {};
  if (node.attrs.colspan !== 1) attributes.colspan = node.attrs.colspan;
  if (node.attrs.rowspan !== 1) attributes.rowspan = node.attrs.rowspan;
  return [tag, attributes, 0];
};

const nodes = {
  doc: { content: "block+" },
  paragraph: {
    content: "inline*",
    group: "block",
    attrs: { align: { default: null }, ...MARKED },
    parseDOM: [{ tag: "p", getAttrs: textAttributes }],
    toDOM: (node) => ["p", shown(node), 0],
  },
  heading: {
    content: "inline*",
    group: "block",
    defining: true,
    attrs: { level: { default: 2 }, align: { default: null }, ...MARKED },
    parseDOM: [["h1", 2], ["h2", 2], ["h3", 3], ["h4", 4], ["h5", 4], ["h6", 4]].map(([tag, level]) => ({
      tag,
      getAttrs: (dom) => ({ ...textAttributes(dom), level }),
    })),
    toDOM: (node) => [`h${node.attrs.level}`, shown(node), 0],
  },
  bullet_list: {
    content: "list_item+",
    group: "block",
    attrs: { ...MARKED },
    parseDOM: [{ tag: "ul", getAttrs: marked }],
    toDOM: (node) => ["ul", shown(node), 0],
  },
  ordered_list: {
    content: "list_item+",
    group: "block",
    attrs: { order: { default: 1 }, ...MARKED },
    parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ ...marked(dom), order: dom.start >= 0 ? dom.start : 1 }) }],
    toDOM: (node) => ["ol", shown(node, node.attrs.order === 1 ? {} : { start: node.attrs.order }), 0],
  },
  list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  blockquote: {
    content: "block+",
    group: "block",
    defining: true,
    attrs: { ...MARKED },
    parseDOM: [{ tag: "blockquote", getAttrs: marked }],
    toDOM: (node) => ["blockquote", shown(node), 0],
  },
  table: {
    content: "table_row+",
    group: "block",
    tableRole: "table",
    isolating: true,
    attrs: { ...MARKED },
    parseDOM: [{ tag: "table", getAttrs: marked }],
    toDOM: (node) => ["table", shown(node), ["tbody", 0]],
  },
  table_row: {
    content: "(table_cell | table_header)*",
    tableRole: "row",
    parseDOM: [{ tag: "tr" }],
    toDOM: () => ["tr", 0],
  },
  table_cell: {
    content: "block+",
    attrs: SPANS,
    tableRole: "cell",
    isolating: true,
    parseDOM: [{ tag: "td", getAttrs: spans }],
    toDOM: cell("td"),
  },
  table_header: {
    content: "block+",
    attrs: SPANS,
    tableRole: "header_cell",
    isolating: true,
    parseDOM: [{ tag: "th", getAttrs: spans }],
    toDOM: cell("th"),
  },
  image: {
    group: "block",
    draggable: true,
    attrs: {
      file: { default: "" }, alt: { default: "" }, caption: { default: "" }, width: { default: null }, ...MARKED,
    },
    // Only pictures this editor has drawn come back from the clipboard: others have no stored file.
    parseDOM: [{
      tag: "figure[data-file]",
      getAttrs: (dom) => ({
        ...marked(dom),
        file: dom.getAttribute("data-file"),
        alt: dom.querySelector("img")?.getAttribute("alt") ?? "",
        caption: dom.querySelector("figcaption")?.textContent ?? "",
      }),
    }],
    toDOM: (node) => [
      "figure",
      shown(node, { "data-file": node.attrs.file }),
      ["img", { alt: node.attrs.alt }],
      ["figcaption", node.attrs.caption],
    ],
  },
  horizontal_rule: {
    group: "block",
    attrs: { ...MARKED },
    parseDOM: [{ tag: "hr", getAttrs: marked }],
    toDOM: (node) => ["hr", shown(node)],
  },
  hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  text: { group: "inline" },
};

const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: (dom) => (linkProblem(dom.getAttribute("href")) ? false : { href: dom.getAttribute("href").trim() }) }],
    toDOM: (mark) => ["a", { href: mark.attrs.href, rel: "noopener" }, 0],
  },
  strong: {
    parseDOM: [{ tag: "strong" }, { tag: "b" }],
    toDOM: () => ["strong", 0],
  },
  em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
  underline: {
    parseDOM: [{ tag: "u" }, { tag: "ins" }],
    toDOM: () => ["u", 0],
  },
  strike: {
    parseDOM: [{ tag: "s" }, { tag: "del" }, { tag: "strike" }],
    toDOM: () => ["s", 0],
  },
};

export const schema = new Schema({ nodes, marks });

/** Say in Chinese why an address may not be linked; an empty string when it may. */
export function linkProblem(href) {
  const address = (href ?? "").trim();
  if (!address || address.length > 2048) return "请填写链接地址，不超过 2048 个字符。";
  if (/[\s<>"\\]/.test(address)) return "链接地址里有空格或不能用的符号。";
  if (!/^(https?:\/\/[^/]|mailto:|tel:)/i.test(address)) return "链接地址请以 http://、https://、mailto: 或 tel: 开头。";
  return "";
}

/** The schema as plain data, in the shape of exported_schema() in Python. */
export function exportedSchema() {
  const exported = { nodes: {}, marks: {} };
  for (const [name, type] of Object.entries(schema.nodes)) {
    const attributes = {};
    for (const [key, value] of Object.entries(nodes[name].attrs ?? {})) attributes[key] = value.default;
    exported.nodes[name] = { content: type.spec.content ?? "", group: type.spec.group ?? "", attributes };
  }
  for (const name of Object.keys(schema.marks)) exported.marks[name] = Object.keys(marks[name].attrs ?? {});
  return exported;
}
