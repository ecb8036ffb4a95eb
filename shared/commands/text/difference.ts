/** The shortest way from one list of lines to another (E. Myers, "An O(ND) difference algorithm", 1986), as diff(1) groups it. */

/** Lines `from` up to `to` of each side differ; both may be empty. */
export interface Change {
  readonly left: readonly [number, number];
  readonly right: readonly [number, number];
}

/** Beyond so many edits the rest counts as one change: the way back is kept for each step. */
const MAX_EDITS = 4000;

export function differences(a: readonly string[], b: readonly string[]): Change[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const kept = matches(a.slice(start, endA), b.slice(start, endB));
  const changes: Change[] = [];
  let [i, j] = [start, start];
  const add = (toA: number, toB: number): void => {
    if (i < toA || j < toB) changes.push({ left: [i, toA], right: [j, toB] });
  };
  for (const [x, y] of kept) {
    add(start + x, start + y);
    [i, j] = [start + x + 1, start + y + 1];
  }
  add(endA, endB);
  return changes.map((change) => slide(change, a, b));
}

/** Pairs of lines that stay, in order. */
function matches(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const most = Math.min(a.length + b.length, MAX_EDITS);
  const trail: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= most; d++) {
    trail.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && x - k >= 0 && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(trail, a.length, b.length);
    }
  }
  return [];
}
function walkBack(trail: readonly Map<number, number>[], endA: number, endB: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [endA, endB];
  for (let d = trail.length - 1; d >= 0; d--) {
    const furthest = trail[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const before = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (furthest.get(before) ?? 0);
    const fromY = d === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY) pairs.push([--x, --y]);
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/** What was only added or only taken away stands as far down as it can. */
function slide({ left: [a1, a2], right: [b1, b2] }: Change, a: readonly string[], b: readonly string[]): Change {
  let [from, to, otherFrom, otherTo] = a1 === a2 ? [b1, b2, a1, a2] : [a1, a2, b1, b2];
  if (a1 !== a2 && b1 !== b2) return { left: [a1, a2], right: [b1, b2] };
  const lines = a1 === a2 ? b : a;
  const others = a1 === a2 ? a : b;
  while (to < lines.length && otherTo < others.length && lines[from] === lines[to] && lines[to] === others[otherTo]) {
    [from, to, otherFrom, otherTo] = [from + 1, to + 1, otherFrom + 1, otherTo + 1];
  }
  return a1 === a2 ? { left: [otherFrom, otherTo], right: [from, to] } : { left: [from, to], right: [otherFrom, otherTo] };
}
