/** The segment picture: inline SVG, laid out in columns from outside to inside. Pure and deterministic. */
import type { FlowProof } from '../prove/types.js';
import { html, type Markup, NOTHING, visible } from './markup.js';
import type { NetworkEntry, NodeKind } from './model.js';

const BOX = { width: 180, height: 44, gapX: 96, gapY: 16 };
const PAD = 16;
/** Nodes and lines above which a picture says less than the matrix. */
const MAX_NODES = 28;
const MAX_LINES = 80;

const COLUMNS: readonly (readonly NodeKind[])[] = [['outside'], ['gateway', 'other'], ['tee'], ['phi-store', 'endpoint']];

interface Placed {
  readonly name: string;
  readonly kind: NodeKind;
  readonly cidr: string;
  readonly column: number;
  readonly x: number;
  readonly y: number;
}

/** One line between two nodes: the worst status of their flows, and every port. */
interface Line {
  readonly from: string;
  readonly to: string;
  readonly status: FlowProof['status'];
  readonly ports: readonly string[];
}

const WORST: readonly FlowProof['status'][] = ['extra', 'unknown', 'expected', 'missing'];

function linesOf(flows: readonly FlowProof[]): Line[] {
  const lines = new Map<string, FlowProof[]>();
  for (const flow of flows) {
    const key = `${flow.from}\n${flow.to}`;
    const known = lines.get(key);
    if (known) known.push(flow);
    else lines.set(key, [flow]);
  }
  return [...lines.values()].map((group) => ({
    from: (group[0] as FlowProof).from, to: (group[0] as FlowProof).to,
    status: WORST.find((status) => group.some((flow) => flow.status === status)) ?? 'unknown',
    ports: [...new Set(group.map(({ ports }) => ports.replace(/^tcp\//, '')))],
  }));
}

/** The picture, or a sentence where there is too much for one. */
export function picture({ cloud, nodes, flows }: NetworkEntry): Markup {
  const lines = linesOf(flows);
  if (nodes.length > MAX_NODES || lines.length > MAX_LINES) {
    return html`<p class="note">No picture: ${nodes.length} places and ${lines.length} connections would hide more than they show. The table below has all of them.</p>`;
  }
  if (nodes.length === 0) return NOTHING;
  const columns = COLUMNS.map((kinds) => nodes.filter(({ kind }) => kinds.includes(kind))).filter((column) => column.length > 0);
  const rows = Math.max(...columns.map(({ length }) => length));
  const height = rows * BOX.height + (rows - 1) * BOX.gapY;
  const placed = new Map<string, Placed>();
  columns.forEach((column, index) => {
    const top = PAD + (height - (column.length * BOX.height + (column.length - 1) * BOX.gapY)) / 2;
    column.forEach((node, row) => placed.set(node.name, { ...node, column: index, x: PAD + index * (BOX.width + BOX.gapX), y: top + row * (BOX.height + BOX.gapY) }));
  });
  // Lines that run within a column or jump over one are led around below the boxes.
  const around = lines.filter((line) => !adjacent(placed, line)).length;
  const width = 2 * PAD + columns.length * BOX.width + (columns.length - 1) * BOX.gapX;
  const total = 2 * PAD + height + (around > 0 ? 14 + around * 20 : 0);
  let lane = 0;
  const drawn = lines.map((line) => {
    const from = placed.get(line.from);
    const to = placed.get(line.to);
    if (!from || !to) return NOTHING;
    return adjacent(placed, line) ? straight(line, from, to, cloud) : detour(line, from, to, 2 * PAD + height + lane++ * 20, cloud);
  });
  const id = `picture-${cloud}`;
  const told = lines.map(({ from, to, status, ports }) => `${from} to ${to} on ${ports.join(', ')}: ${WORDS[status]}`).join('; ');
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Picture of the segments, ${cloud}"><svg class="picture" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}">
<title id="${id}-title">Segments on ${cloud} and the connections between them</title>
<desc id="${id}-desc">${lines.length === 0 ? 'No connection is open.' : `${told}. The table below has the same.`}</desc>
<defs>${(['expected', 'extra', 'unknown', 'missing'] as const).map((status) => html`<marker id="arrow-${cloud}-${status}" class="head ${status}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>`)}</defs>
<g aria-hidden="true">${drawn}${[...placed.values()].map(box)}</g>
</svg></div>`;
}

/** How a status reads, with a sign that needs no colour. */
export const WORDS: Readonly<Record<FlowProof['status'], string>> = { expected: 'allowed', extra: 'UNEXPECTED', missing: 'allowed, but closed', unknown: 'unknown' };
export const SIGNS: Readonly<Record<FlowProof['status'], string>> = { expected: '✓', extra: '✕', missing: '○', unknown: '?' };

const PURPOSE: Readonly<Record<NodeKind, string>> = { outside: 'outside', gateway: 'gateway', tee: 'attested code', 'phi-store': 'PHI at rest', other: '', endpoint: 'private endpoint' };

const clip = (text: string, length: number): string => { const shown = visible(text); return shown.length <= length ? shown : `${shown.slice(0, length - 1)}…`; };

function box({ name, kind, cidr, x, y }: Placed): Markup {
  const shown = kind === 'endpoint' ? name.replace(/^endpoint:/, '') : name;
  const below = [PURPOSE[kind], cidr].filter((part) => part !== '').join(' · ');
  return html`<g class="node ${kind}"><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5"/><text x="${x + BOX.width / 2}" y="${y + (below === '' ? 27 : 19)}" class="name">${clip(shown, 23)}</text>${below === '' ? NOTHING : html`<text x="${x + BOX.width / 2}" y="${y + 34}" class="purpose">${clip(below, 32)}</text>`}</g>`;
}

function adjacent(placed: ReadonlyMap<string, Placed>, { from, to }: Line): boolean {
  const [a, b] = [placed.get(from), placed.get(to)];
  return a !== undefined && b !== undefined && Math.abs(a.column - b.column) === 1;
}

const label = ({ status, ports }: Line): string => `${SIGNS[status]} ${clip(ports.join(', '), 12)}`;

function straight(line: Line, from: Placed, to: Placed, cloud: string): Markup {
  const right = from.column < to.column;
  // Opposite directions between the same two boxes keep apart.
  const shift = right ? -6 : 6;
  const x1 = right ? from.x + BOX.width : from.x;
  const x2 = right ? to.x - 2 : to.x + BOX.width + 2;
  const y1 = from.y + BOX.height / 2 + shift;
  const y2 = to.y + BOX.height / 2 + shift;
  const bend = (x2 - x1) / 2;
  return html`<g class="line ${line.status}"><path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" marker-end="url(#arrow-${cloud}-${line.status})"/><text x="${x2 + (right ? -34 : 34)}" y="${y1 < y2 ? y2 + 15 : y2 - 7}">${label(line)}</text></g>`;
}

function detour(line: Line, from: Placed, to: Placed, lane: number, cloud: string): Markup {
  const self = from.name === to.name;
  const x1 = from.x + BOX.width / 2 + (self ? -24 : 10);
  const x2 = to.x + BOX.width / 2 + (self ? 24 : -10);
  const bottom = (box: Placed): number => box.y + BOX.height;
  const corner = x1 < x2 ? 8 : -8;
  return html`<g class="line ${line.status}"><path d="M${x1} ${bottom(from)}V${lane - 8}q0 8 ${corner} 8H${x2 - corner}q${corner} 0 ${corner} -8V${bottom(to) + 2}" marker-end="url(#arrow-${cloud}-${line.status})"/><text x="${(x1 + x2) / 2}" y="${lane - 4}">${label(line)}</text></g>`;
}
