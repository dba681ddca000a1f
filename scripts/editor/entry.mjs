// What the editor takes from ProseMirror, and nothing else: esbuild drops the rest.
export { Schema, DOMParser, DOMSerializer, Fragment, Slice, Node } from "prosemirror-model";
export { EditorState, Plugin, PluginKey, TextSelection, NodeSelection } from "prosemirror-state";
export { EditorView, Decoration, DecorationSet } from "prosemirror-view";
export { history, undo, redo, undoDepth, redoDepth } from "prosemirror-history";
export { keymap } from "prosemirror-keymap";
export { baseKeymap, toggleMark, setBlockType, wrapIn, lift, chainCommands, exitCode } from "prosemirror-commands";
export { wrapInList, splitListItem, liftListItem, sinkListItem } from "prosemirror-schema-list";
export {
  tableEditing, goToNextCell, isInTable, addRowAfter, addColumnAfter, deleteRow, deleteColumn, deleteTable,
  toggleHeaderRow, mergeCells, splitCell,
} from "prosemirror-tables";
export { inputRules, wrappingInputRule, textblockTypeInputRule } from "prosemirror-inputrules";
