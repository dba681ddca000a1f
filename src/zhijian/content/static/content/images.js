// Pictures: chosen or pasted, sent to the server, described in words before they stand in the text.
import { NodeSelection } from "./vendor/prosemirror.js";
import { Offline, ask, element, post } from "./dom.js";
import { schema } from "./schema.js";
import { insertBlock } from "./toolbar.js";

const ACCEPTED = "image/png,image/jpeg,image/gif,image/webp";
const fields = (attributes) => [
  { name: "alt", label: "替代文字", value: attributes.alt, help: "看不见图片的人会听到这句话。请写图里有什么。", problem: (words) => (words.trim() ? "" : "请写一句话说明图里有什么。") },
  { name: "caption", label: "图片说明", value: attributes.caption, help: "显示在图片下方，可以不填。" },
];

export class Images {
  constructor({ uploadUrl, imageUrl, token, say }) {
    Object.assign(this, { uploadUrl, imageUrl, token, say });
    this.addresses = new Map();
  }

  address(file) {
    return this.addresses.get(file) ?? (this.imageUrl ? this.imageUrl.replace("{file}", encodeURIComponent(file)) : "");
  }

  choose(view) {
    const input = element("input", { type: "file", accept: ACCEPTED });
    input.addEventListener("change", () => input.files[0] && this.insert(view, input.files[0]));
    input.click();
  }

  async insert(view, file) {
    const body = new FormData();
    body.append("file", file);
    this.say("正在上传图片…");
    try {
      const answer = await post(this.uploadUrl, body, this.token);
      this.say("");
      this.addresses.set(answer.file, answer.url);
      const words = await ask("插入图片", fields({ alt: "", caption: "" }), { confirm: "插入" });
      if (words) insertBlock(schema.nodes.image.create({ file: answer.file, ...words }))(view.state, view.dispatch);
    } catch (error) {
      this.say(error instanceof Offline ? "图片没有传上去。请检查网络后再试。" : error.message || "这张图片不能使用。请换一张。");
    }
    view.focus();
  }

  view(node, view, getPosition) {
    const picture = element("img", { alt: node.attrs.alt, src: this.address(node.attrs.file) });
    const caption = element("figcaption", {}, node.attrs.caption);
    const edit = element("button", { type: "button", class: "editor-image-edit", onclick: () => this.describe(view, getPosition()) },
      node.attrs.alt ? "修改图片说明" : "⚠ 请补替代文字");
    const dom = element("figure", { "data-file": node.attrs.file, class: "editor-image" }, picture, caption, edit);
    if (node.attrs.marked) dom.dataset.marked = node.attrs.marked;
    return { dom, stopEvent: (event) => event.target === edit };
  }

  async describe(view, position) {
    const node = view.state.doc.nodeAt(position);
    const words = await ask("图片说明", fields(node.attrs));
    if (words) {
      const tr = view.state.tr.setNodeMarkup(position, null, { ...node.attrs, ...words });
      view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, position)));
    }
    view.focus();
  }
}
