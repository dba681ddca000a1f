// What comes from the clipboard keeps its structure and loses everything else.
import { Fragment, Slice } from "./vendor/prosemirror.js";

// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

const GONE = "script,style,noscript,iframe,nav,footer,form,button,[hidden],.jammer";
const MARKS = [
  ["strong", /font-weight\s*:\s*(bold|[6-9]00)/i],
  ["em", /font-style\s*:\s*italic/i],
  ["u", /text-decoration[^;]*underline/i],
  ["s", /text-decoration[^;]*line-through/i],
];

/**
 * Clean HTML before it is read: hidden words, page parts and list signs of Word go.
 *
 * The content policy of our pages forbids inline style even in a parsed copy, so what WeChat, Word and WPS say by
 * style (bold, centred) is read from a renamed attribute and written as elements.
 */
export function cleanHtml(html) {
  const renamed = html
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<[^<>]+>/g, (tag) => tag.replace(/([\s"'])(style|on[a-z]+)(\s*=)/gi, "$1 data-$2$3"));
  const page = new DOMParser().parseFromString(renamed, "text/html");
  for (const found of page.querySelectorAll(GONE)) found.remove();
  for (const found of page.querySelectorAll("[data-style]")) translate(found, found.getAttribute("data-style"));
  return page.body.innerHTML;
}

function translate(found, style) {
  found.removeAttribute("data-style");
  if (/display\s*:\s*none|mso-list\s*:\s*ignore/i.test(style)) {
    found.remove();
    return;
  }
  const align = /text-align\s*:\s*(center|right)/i.exec(style);
  if (align) found.setAttribute("data-align", align[1].toLowerCase());
  if (found.tagName === "A" || found.querySelector("p,div,section,li,table,h1,h2,h3,h4,h5,h6")) return;
  if (found.tagName === "B" && /font-weight\s*:\s*(normal|[1-5]00)/i.test(style)) {
    found.replaceWith(...found.childNodes);
    return;
  }
  for (const [tag, pattern] of MARKS) {
    if (!pattern.test(style)) continue;
    const wrapper = found.ownerDocument.createElement(tag);
    wrapper.append(...found.childNodes);
    found.append(wrapper);
  }
}

/** Drop invisible characters and odd spaces from every text, and the indent typed with full-width spaces. */
export function cleanSlice(slice, schema) {
  const clean = (fragment) => {
    const kept = [];
    fragment.forEach((node) => {
      if (!node.isText) {
        kept.push(node.copy(clean(node.content)));
        return;
      }
      const words = node.text.replace(INVISIBLE, "").replace(/\u00a0/g, " ").replace(/^\u3000+/, "");
      if (words) kept.push(schema.text(words, node.marks));
    });
    return Fragment.fromArray(kept);
  };
  return new Slice(clean(slice.content), slice.openStart, slice.openEnd);
}
