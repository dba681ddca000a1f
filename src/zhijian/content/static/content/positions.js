// Between the server's positions (path of a block, code points) and the editor's (UTF-16 units from the start).

/** Position right before the node at `path`, and the node; null when there is none. */
export function nodeAt(doc, path) {
  let node = doc;
  let position = -1;
  for (const index of path) {
    if (index >= node.childCount) return null;
    position += 1;
    for (let before = 0; before < index; before += 1) position += node.child(before).nodeSize;
    node = node.child(index);
  }
  return { node, position };
}

/** UTF-16 offset in a text block for a number of code points; a hard break counts one. */
function unitsFor(block, points) {
  let left = points;
  let units = 0;
  for (let index = 0; index < block.childCount && left > 0; index += 1) {
    const child = block.child(index);
    if (!child.isText) {
      units += child.nodeSize;
      left -= 1;
      continue;
    }
    const characters = Array.from(child.text);
    const taken = characters.slice(0, left);
    units += taken.join("").length;
    left -= taken.length;
  }
  return left > 0 ? null : units;
}

/** {from, to} in the editor for code points `start` to `end` of the block at `path`; null when they are gone. */
export function rangeAt(doc, path, start, end) {
  const found = nodeAt(doc, path);
  if (!found) return null;
  const { node, position } = found;
  if (!node.isTextblock) return { from: position, to: position + node.nodeSize, whole: true };
  const from = unitsFor(node, start);
  const to = unitsFor(node, end);
  if (from === null || to === null || from >= to) return null;
  return { from: position + 1 + from, to: position + 1 + to, whole: false };
}

export const codePoints = (words) => Array.from(words).length;
