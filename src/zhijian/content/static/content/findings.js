// What the screening found: underlined at the exact words, listed in the margin, mended with one key.
import { Decoration, DecorationSet, Plugin, PluginKey, TextSelection, NodeSelection } from "./vendor/prosemirror.js";
import { element, post } from "./dom.js";
import { rangeAt } from "./positions.js";

const PAUSE = 300;
const SEVERITIES = {
  veto: { word: "严重错误", shape: "⬣" },
  error: { word: "错误", shape: "■" },
  warning: { word: "提醒", shape: "▲" },
  hint: { word: "建议", shape: "●" },
};
const key = new PluginKey("findings");

/** The state with what the browser did and has not told of yet: drawing an older one would take back a click or a key. */
function stateOf(view) {
  view.domObserver.flush();
  return view.state;
}

const severityOf = (finding) => SEVERITIES[finding.severity] ?? SEVERITIES.hint;
const classOf = (finding) => `finding finding-${SEVERITIES[finding.severity] ? finding.severity : "hint"}`;

function decorationsFor(doc, findings) {
  const decorations = [];
  for (const finding of findings) {
    const range = finding.block ? rangeAt(doc, finding.block, finding.from, finding.to) : null;
    if (!range) continue;
    const make = range.whole ? Decoration.node : Decoration.inline;
    decorations.push(make(range.from, range.to, { class: classOf(finding), "data-finding": finding.id }, { finding }));
  }
  return DecorationSet.create(doc, decorations);
}

/** The plugin that keeps the underlines on their words while the text changes; `own` is the key of one set of them. */
export function findingsPlugin(onClick, own = key) {
  return new Plugin({
    key: own,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set) {
        const told = tr.getMeta(own);
        if (Array.isArray(told)) return decorationsFor(tr.doc, told);
        const kept = set.map(tr.mapping, tr.doc);
        return told ? kept.remove(kept.find(undefined, undefined, (spec) => spec.finding.id === told.dropped)) : kept;
      },
    },
    props: {
      decorations: (state) => own.getState(state),
      handleClick(view, position) {
        const [hit] = own.getState(view.state).find(position, position);
        if (hit) onClick(hit.spec.finding);
        return false;
      },
    },
  });
}

function rangeOf(view, finding, own) {
  const [hit] = own.getState(view.state).find(undefined, undefined, (spec) => spec.finding.id === finding.id);
  return hit && hit.from < hit.to ? { from: hit.from, to: hit.to } : null;
}

/** The words of a picture a finding is about ("caption" or "alt"); empty for what is drawn on it and for plain text. */
const wordsBeside = (finding) => (["caption", "alt"].includes(finding.part) ? finding.part : "");

function spliced(words, finding, suggestion) {
  const characters = Array.from(words);
  characters.splice(finding.from, finding.to - finding.from, suggestion);
  return characters.join("");
}

/** Ask the server 300 ms after the last change, draw the answer, and fill the margin. */
export class Findings {
  constructor({ view, margin, url, token, current, fields, own = key }) {
    Object.assign(this, { view, margin, url, token, current, fields, own });
    this.findings = [];
    this.round = 0;
    this.status = element("p", { role: "status", class: "findings-status" });
    this.list = element("ol", { class: "findings-list" });
    margin?.replaceChildren(this.status, this.list);
  }

  changed() {
    clearTimeout(this.timer);
    if (this.url) this.timer = setTimeout(() => this.screen(), PAUSE);
  }

  async screen() {
    this.round += 1;
    const { round } = this;
    const asked = this.view.state.doc;
    try {
      const answer = await post(this.url, this.current(), this.token);
      // The text went on while the server was thinking: its positions are stale, a new question is under way.
      if (round === this.round && stateOf(this.view).doc.eq(asked)) this.take(answer.findings ?? []);
    } catch (error) {
      if (round === this.round) this.status.textContent = error.message || "暂时不能检查文字，恢复连接后会再试。";
    }
  }

  take(findings) {
    this.findings = findings;
    this.underline(findings);
    // In reading order: title and digest first, then the text.
    const place = new Map(findings.map((finding) => [finding, rangeOf(this.view, finding, this.own)?.from ?? -1]));
    findings.sort((one, other) => place.get(one) - place.get(other));
    this.draw();
  }

  /** Tell the plugin: a whole new list, or what of it was dropped. */
  underline(told) {
    this.view.dispatch(stateOf(this.view).tr.setMeta(this.own, told).setMeta("addToHistory", false));
  }

  draw() {
    this.status.textContent = this.findings.length ? `发现 ${this.findings.length} 处，请逐处处理。` : "没有发现问题。";
    this.list.replaceChildren(...this.findings.map((finding) => this.item(finding)));
  }

  item(finding) {
    const { word, shape } = severityOf(finding);
    const words = this.wordsOf(finding);
    const suggestions = (this.canMend(finding) ? finding.suggestions ?? [] : []).map((suggestion) =>
      element("button", { type: "button", class: "finding-apply", onclick: () => this.apply(finding, suggestion) },
        suggestion ? `改为“${suggestion}”` : "删去"));
    return element("li", { "data-finding": finding.id, class: `finding-item finding-item-${finding.severity}` },
      element("button", { type: "button", class: "finding-show", onclick: () => this.show(finding) },
        element("span", { class: "finding-severity" }, element("span", { "aria-hidden": "true" }, `${shape} `), word),
        words ? element("q", {}, words) : null),
      element("p", { class: "finding-message" }, finding.message),
      suggestions.length ? element("p", { class: "finding-suggestions" }, ...suggestions) : null,
      finding.source ? element("p", { class: "finding-source" }, `依据：${finding.source}`) : null);
  }

  wordsOf(finding) {
    if (finding.field) return Array.from(this.fields[finding.field]?.value ?? "").slice(finding.from, finding.to).join("");
    const range = rangeOf(this.view, finding, this.own);
    if (!range) return "";
    const picture = this.pictureAt(range);
    if (!picture) return this.view.state.doc.textBetween(range.from, range.to);
    const beside = wordsBeside(finding);
    return beside ? Array.from(picture.attrs[beside]).slice(finding.from, finding.to).join("") : finding.excerpt ?? "";
  }

  /** The picture a range covers, null for words. */
  pictureAt(range) {
    const node = this.view.state.doc.nodeAt(range.from);
    return node && node.isAtom && !node.isText && !node.isInline ? node : null;
  }

  /** What is drawn on a picture cannot be mended here. */
  canMend(finding) {
    const range = finding.field ? null : rangeOf(this.view, finding, this.own);
    return !range || !this.pictureAt(range) || wordsBeside(finding) !== "";
  }

  show(finding) {
    this.mark(finding);
    const input = this.fields[finding.field];
    if (input) {
      const before = Array.from(input.value).slice(0, finding.from).join("").length;
      input.focus();
      input.setSelectionRange(before, before + this.wordsOf(finding).length);
      return;
    }
    const range = rangeOf(this.view, finding, this.own);
    if (!range) return;
    const { doc, tr } = this.view.state;
    const node = doc.nodeAt(range.from);
    const selection = node && !node.isText && !node.isTextblock && NodeSelection.isSelectable(node)
      ? NodeSelection.create(doc, range.from)
      : TextSelection.create(doc, range.from, range.to);
    this.view.dispatch(tr.setSelection(selection).scrollIntoView());
    this.view.focus();
  }

  apply(finding, suggestion) {
    const input = this.fields[finding.field];
    const range = input ? null : rangeOf(this.view, finding, this.own);
    if (input) {
      input.value = spliced(input.value, finding, suggestion);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (range) {
      const { tr } = this.view.state;
      const picture = this.pictureAt(range);
      const beside = wordsBeside(finding);
      if (picture && beside) {
        const words = spliced(picture.attrs[beside], finding, suggestion);
        this.view.dispatch(tr.setNodeMarkup(range.from, null, { ...picture.attrs, [beside]: words }));
      } else if (!picture) this.view.dispatch(suggestion ? tr.insertText(suggestion, range.from, range.to) : tr.delete(range.from, range.to));
    }
    const place = this.findings.indexOf(finding);
    this.findings = this.findings.filter((other) => other !== finding);
    this.draw();
    // Focus stays in the margin, on the finding that moved into the place of the mended one.
    const next = this.list.children[Math.min(place, this.findings.length - 1)]?.querySelector("button");
    if (next) next.focus();
    else this.view.focus();
  }

  mark(finding) {
    for (const item of this.list.children) {
      const current = item.dataset.finding === String(finding.id);
      item.classList.toggle("finding-current", current);
      if (current) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    this.list.querySelector(".finding-current")?.scrollIntoView({ block: "nearest" });
  }

  step(direction) {
    const found = this.findings.filter((finding) => rangeOf(this.view, finding, this.own));
    if (!found.length) return false;
    const { from } = this.view.state.selection;
    const starts = found.map((finding) => rangeOf(this.view, finding, this.own).from);
    const after = direction > 0 ? starts.findIndex((start) => start > from) : starts.findLastIndex((start) => start < from);
    this.show(found[after === -1 ? (direction > 0 ? 0 : found.length - 1) : after]);
    return true;
  }
}
