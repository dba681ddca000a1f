// The row of buttons over the text: one tab stop, arrow keys inside, the state of each told by aria-pressed.
import {
  addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable, lift, mergeCells, redo, setBlockType,
  splitCell, TextSelection, toggleHeaderRow, toggleMark, undo, wrapIn, wrapInList, liftListItem, sinkListItem, chainCommands,
} from "./vendor/prosemirror.js";
import { ask, element } from "./dom.js";
import { linkProblem, schema } from "./schema.js";

const { nodes, marks } = schema;

function markActive(type) {
  return (state) => {
    const { from, to, empty, $from } = state.selection;
    return empty ? Boolean(type.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, type);
  };
}

function blockActive(type, attributes = {}) {
  return (state) => {
    const { parent } = state.selection.$from;
    return parent.type === type && Object.entries(attributes).every(([name, value]) => parent.attrs[name] === value);
  };
}

function inside(...types) {
  return (state) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) if (types.includes($from.node(depth).type)) return true;
    return false;
  };
}

function heading(level) {
  const active = blockActive(nodes.heading, { level });
  return {
    active,
    run: (state, dispatch) => (active(state) ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level }))(state, dispatch),
  };
}

function list(type) {
  const other = type === nodes.bullet_list ? nodes.ordered_list : nodes.bullet_list;
  const active = inside(type);
  const convert = (state, dispatch) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      if ($from.node(depth).type === other) {
        dispatch?.(state.tr.setNodeMarkup($from.before(depth), type, { marked: $from.node(depth).attrs.marked }));
        return true;
      }
    }
    return false;
  };
  return { active, run: (state, dispatch) => (active(state) ? liftListItem(nodes.list_item) : chainCommands(convert, wrapInList(type)))(state, dispatch) };
}

/** A command that puts a block after the one with the cursor, or in the place of an empty paragraph. */
export function insertBlock(block) {
  return (state, dispatch) => {
    const { selection, tr } = state;
    const first = state.doc.resolve(selection.from);
    const outer = first.depth ? first.node(1) : null;
    const empty = outer?.type === nodes.paragraph && outer.content.size === 0;
    const from = empty ? first.before(1) : first.depth ? first.after(1) : selection.to;
    const to = empty ? first.after(1) : from;
    tr.replaceWith(from, to, block);
    // There is always a paragraph to go on writing in.
    if (from + block.nodeSize === tr.doc.content.size) tr.insert(from + block.nodeSize, nodes.paragraph.create());
    const place = block.isAtom || !block.content.size ? from + block.nodeSize : from + 1;
    dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(place))).scrollIntoView());
    return true;
  };
}

function insertTable(state, dispatch) {
  const filled = (type) => type.createAndFill();
  const header = nodes.table_row.create(null, [1, 2, 3].map(() => filled(nodes.table_header)));
  const row = () => nodes.table_row.create(null, [1, 2, 3].map(() => filled(nodes.table_cell)));
  return !isInTable(state) && insertBlock(nodes.table.create(null, [header, row(), row()]))(state, dispatch);
}

const insertRule = (state, dispatch) => insertBlock(nodes.horizontal_rule.create())(state, dispatch);

export function clearFormatting(state, dispatch) {
  const { from, to, empty } = state.selection;
  if (empty) return false;
  const tr = state.tr.removeMark(from, to);
  state.doc.nodesBetween(from, to, (node, position) => {
    if (node.isTextblock && (node.type !== nodes.paragraph || node.attrs.align)) {
      tr.setNodeMarkup(position, nodes.paragraph, { marked: node.attrs.marked });
    }
  });
  dispatch?.(tr);
  return true;
}

async function editLink(view) {
  const { state } = view;
  const { from, to, empty, $from } = state.selection;
  const present = marks.link.isInSet($from.marks()) ?? state.doc.nodeAt(from)?.marks.find((mark) => mark.type === marks.link);
  if (present && markActive(marks.link)(state) && !empty) {
    toggleMark(marks.link)(state, view.dispatch);
    return;
  }
  const fields = [{ name: "href", label: "链接地址", value: present?.attrs.href ?? "https://", most: 2048, problem: linkProblem }];
  if (empty) fields.push({ name: "words", label: "显示的文字", value: "", problem: (words) => (words.trim() ? "" : "请填写显示的文字。") });
  const answer = await ask("插入链接", fields);
  if (answer) {
    const mark = marks.link.create({ href: answer.href });
    view.dispatch(empty ? view.state.tr.insert(from, schema.text(answer.words, [mark])) : view.state.tr.addMark(from, to, mark));
  }
  view.focus();
}

const toggled = (type) => ({ active: markActive(type), run: toggleMark(type) });

function groups(chooseImage) {
  return [
    ["撤销与重做", [
      { name: "undo", words: "撤销", label: "撤销", keys: "Control+Z", run: undo },
      { name: "redo", words: "重做", label: "重做", keys: "Control+Y", run: redo },
    ]],
    ["文字", [
      { name: "strong", words: "粗", label: "加粗", keys: "Control+B", ...toggled(marks.strong) },
      { name: "em", words: "斜", label: "斜体", keys: "Control+I", ...toggled(marks.em) },
      { name: "underline", words: "划线", label: "下划线", keys: "Control+U", ...toggled(marks.underline) },
      { name: "strike", words: "删除线", label: "删除线", ...toggled(marks.strike) },
      { name: "link", words: "链接", label: "插入或取消链接", keys: "Control+K", active: markActive(marks.link), act: editLink },
      { name: "clear", words: "清除格式", label: "清除格式（所选文字）", run: clearFormatting },
    ]],
    ["段落", [
      { name: "h2", words: "二级", label: "二级标题", ...heading(2) },
      { name: "h3", words: "三级", label: "三级标题", ...heading(3) },
      { name: "h4", words: "四级", label: "四级标题", ...heading(4) },
      { name: "bullet", words: "列表", label: "项目列表", ...list(nodes.bullet_list) },
      { name: "ordered", words: "编号", label: "编号列表", ...list(nodes.ordered_list) },
      { name: "indent", words: "下一级", label: "列表项降为下一级", shown: inside(nodes.list_item), run: sinkListItem(nodes.list_item) },
      {
        name: "quote", words: "引用", label: "引用", active: inside(nodes.blockquote),
        run: (state, dispatch) => (inside(nodes.blockquote)(state) ? lift : wrapIn(nodes.blockquote))(state, dispatch),
      },
    ]],
    ["插入", [
      { name: "image", words: "图片", label: "插入图片", act: chooseImage },
      { name: "table", words: "表格", label: "插入表格", run: insertTable },
      { name: "rule", words: "分隔线", label: "插入分隔线", run: insertRule },
    ]],
    ["表格", [
      { name: "row", words: "加行", label: "加行（在下方）", run: addRowAfter },
      { name: "column", words: "加列", label: "加列（在右侧）", run: addColumnAfter },
      { name: "delete-row", words: "删行", label: "删行（本行）", run: deleteRow },
      { name: "delete-column", words: "删列", label: "删列（本列）", run: deleteColumn },
      { name: "merge", words: "合并", label: "合并所选单元格", run: mergeCells },
      { name: "split", words: "拆分", label: "拆分单元格", run: splitCell },
      { name: "header", words: "表头", label: "首行设为表头或取消", run: toggleHeaderRow },
      { name: "delete-table", words: "删表格", label: "删表格（整个表格）", run: deleteTable },
    ].map((button) => ({ ...button, shown: isInTable }))],
  ];
}

/** Build the toolbar of a view. Returns {dom, update(state)}. */
export function toolbar(getView, chooseImage) {
  const buttons = [];
  const dom = element("div", { role: "toolbar", class: "editor-toolbar", "aria-label": "编辑工具" });
  for (const [label, items] of groups(chooseImage)) {
    const group = element("div", { role: "group", "aria-label": label, class: "editor-group" });
    for (const item of items) {
      const button = element("button", {
        type: "button", class: `editor-button editor-button-${item.name}`, "aria-label": item.label, title: item.label,
        "aria-keyshortcuts": item.keys, "aria-pressed": item.active ? "false" : null, tabindex: "-1", "data-command": item.name,
        onmousedown: (event) => event.preventDefault(),
        onclick: () => press(item),
      }, item.words);
      buttons.push({ item, button });
      group.append(button);
    }
    dom.append(group);
  }

  function press(item) {
    const view = getView();
    if (item.act) item.act(view);
    else {
      item.run(view.state, view.dispatch, view);
      view.focus();
    }
  }

  const usable = () => buttons.map(({ button }) => button).filter((button) => !button.hidden);

  function rove(button) {
    for (const other of buttons) other.button.tabIndex = other.button === button ? 0 : -1;
  }

  dom.addEventListener("focusin", (event) => rove(event.target.closest("button")));
  dom.addEventListener("keydown", (event) => {
    const all = usable();
    const place = all.indexOf(document.activeElement);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") getView().focus();
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length].focus();
  });
  rove(buttons[0].button);

  return {
    dom,
    focus: () => (usable().find((button) => button.tabIndex === 0) ?? usable()[0]).focus(),
    update(state) {
      for (const { item, button } of buttons) {
        button.hidden = Boolean(item.shown) && !item.shown(state);
        if (item.active) button.setAttribute("aria-pressed", String(item.active(state)));
        // Greyed buttons stay focusable, so that the row does not jump under the arrow keys.
        if (item.run) button.setAttribute("aria-disabled", String(!item.run(state)));
      }
      for (const group of dom.children) group.hidden = [...group.children].every((button) => button.hidden);
      if (!usable().some((button) => button.tabIndex === 0)) rove(usable()[0]);
    },
  };
}

export const editLinkCommand = (_state, _dispatch, view) => {
  if (view) editLink(view);
  return true;
};
