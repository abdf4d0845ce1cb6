/** Where a thing comes from and what came of it, as a picture that can be walked. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  DrawnLineage,
  Lineage,
  LineageArrow,
  LineageBox,
  LineageKind,
  LineageNode
} from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { anyPlace } from '../models/place.ts';
import { Empty, Loading, Trouble } from './parts.tsx';
import { Fold } from './runParts.tsx';

/** Pixels of a box; `views/lineage_layout.py` has the same. */
const HEIGHT = 44;

/** Pixels from which on there is room for a picture. */
const ROOM = 480;

/** What tells kinds apart, besides their words: strokes in a square of 14. */
const SHAPES: Record<LineageKind, string> = {
  source: 'M1 3h5l1.5 2H13v7H1z',
  data: 'M2 3a5 2 0 0 1 10 0a5 2 0 0 1-10 0v8c0 1.1 2.2 2 5 2s5-.9 5-2V3M2 7c0 1.1 2.2 2 5 2s5-.9 5-2',
  rows: 'M1 2h12v10H1zM1 5h12M1 9h12',
  cell: 'M4 1H1v12h3M10 1h3v12h-3M5 7h4',
  run: 'M1 12 5 7l3 2 5-7',
  file: 'M3 1h5l3 3v9H3zM8 1v3h3',
  checkpoint: 'M7 1l6 6-6 6-6-6z',
  notebook: 'M3 1h9v12H3zM5 1v12M1 4h3M1 7h3M1 10h3',
  model: 'M7 1l6 3v6l-6 3-6-3V4zM1 4l6 3 6-3M7 7v6',
  alias: 'M1 4h8l4 3-4 3H1z',
  endpoint: 'M1 2h12v4H1zM1 8h12v4H1zM3 4h1M3 10h1',
  predictions: 'M1 3h12M1 7h12M1 11h12M4 1v12',
  more: 'M1 7h2M6 7h2M11 7h2'
};

/** Kinds that something can show. */
const SHOWN: readonly LineageKind[] = ['run', 'data', 'checkpoint', 'model'];

interface LineageProps {
  /** Answers the question for the lineage; a new one asks anew. */
  ask: () => Promise<DrawnLineage>;
  /** Show a thing of it, such as `run:ID`. */
  open: (target: string) => void;
  trans: TranslationBundle;
}

/** The lineage of a thing, asked for when it is first seen. */
export function LineageView(props: LineageProps): React.ReactElement {
  const { ask, open, trans } = props;
  const [drawn, setDrawn] = React.useState<DrawnLineage | null>(null);
  const [problem, setProblem] = React.useState('');
  const [round, setRound] = React.useState(0);
  React.useEffect(() => {
    let wanted = true;
    ask().then(
      found => {
        if (wanted) {
          setDrawn(found);
          setProblem('');
        }
      },
      error => wanted && setProblem(error instanceof Error ? error.message : String(error))
    );
    return () => {
      wanted = false;
    };
  }, [ask, round]);
  if (problem) {
    const again = { label: trans.__('Try again'), run: () => setRound(round + 1) };
    return <Trouble message={problem} action={again} />;
  }
  if (!drawn) {
    return <Loading busy label={trans.__('Loading the lineage')} />;
  }
  if (drawn.lineage.nodes.length === 1) {
    return (
      <Empty>
        {trans.__('Nothing on record led to this, or came of it.')} <code>%track_data</code>{' '}
        {trans.__('records what a run uses.')}
      </Empty>
    );
  }
  return (
    <>
      <Fitting>
        {wide =>
          wide ? (
            <LineagePicture drawn={drawn} open={open} trans={trans} />
          ) : (
            <LineageList lineage={drawn.lineage} open={open} trans={trans} />
          )
        }
      </Fitting>
      {drawn.lineage.notes.map(note => (
        <p key={note} className="cb-muted">
          {note}
        </p>
      ))}
    </>
  );
}

/** Tells its child whether there is room for a picture. */
function Fitting(props: { children: (wide: boolean) => React.ReactNode }): React.ReactElement {
  const node = React.useRef<HTMLDivElement>(null);
  const [wide, setWide] = React.useState<boolean | null>(null);
  React.useLayoutEffect(() => {
    const watched = node.current!;
    const look = () => setWide(watched.clientWidth >= ROOM);
    const watcher = new ResizeObserver(look);
    watcher.observe(watched);
    look();
    return () => watcher.disconnect();
  }, []);
  return <div ref={node}>{wide !== null && props.children(wide)}</div>;
}

/** The same as a list, the earlier above the later, where a picture would show one box. */
function LineageList(props: {
  lineage: Lineage;
  open: (target: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { lineage, open, trans } = props;
  return (
    <ol className="cb-lineage-list" aria-label={trans.__('Lineage')}>
      {lineage.nodes.map(node => {
        const target = node.node_id === lineage.target;
        const role = lineage.edges.find(
          edge => edge.role && edge.before === node.node_id && edge.after === lineage.target
        )?.role;
        const title = <bdi>{formatting.shorten(node.title, 80)}</bdi>;
        return (
          <li key={node.node_id} className={target ? 'cb-mod-target' : undefined}>
            <svg className="cb-shape" viewBox="0 0 14 14" aria-hidden="true">
              <path d={SHAPES[node.kind]} />
            </svg>
            <span>
              {target || !SHOWN.includes(node.kind) ? (
                title
              ) : (
                <button type="button" className="cb-plain" onClick={() => open(node.node_id)}>
                  {title}
                </button>
              )}
              <span className="cb-muted">
                {[role, node.detail].filter(Boolean).map(text => (
                  <React.Fragment key={text}> · {text}</React.Fragment>
                ))}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function LineagePicture(props: {
  drawn: DrawnLineage;
  open: (target: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { drawn, open, trans } = props;
  const { lineage } = drawn;
  const boxes = new Map(drawn.boxes.map(box => [box.node_id, box]));
  const scroller = React.useRef<HTMLDivElement>(null);
  const target = boxes.get(lineage.target);
  React.useEffect(() => {
    const node = scroller.current;
    if (node && target) {
      node.scrollLeft = Number(target.left) - node.clientWidth / 2 + Number(target.width) / 2;
    }
  }, [target]);
  const [width, height] = [Number(drawn.width), Number(drawn.height)];
  return (
    <div ref={scroller} className="cb-lineage">
      <svg width={width} height={height} role="group" aria-label={trans.__('Lineage')}>
        {lineage.edges.map((edge, place) => (
          <Arrow
            key={`${edge.before} ${edge.after}`}
            arrow={drawn.arrows[place]}
            implied={edge.implied}
          />
        ))}
        {drawn.words.map((word, place) => (
          <text
            key={place}
            className="cb-said"
            x={Number(word.x)}
            y={Number(word.y)}
            textAnchor={word.first ? 'start' : 'middle'}
          >
            {word.text}
          </text>
        ))}
        {lineage.nodes.map(node => (
          <Box
            key={node.node_id}
            node={node}
            box={boxes.get(node.node_id)!}
            target={node.node_id === lineage.target}
            open={open}
          />
        ))}
      </svg>
    </div>
  );
}

function Box(props: {
  node: LineageNode;
  box: LineageBox;
  target: boolean;
  open: (target: string) => void;
}): React.ReactElement {
  const { node, box, target, open } = props;
  const [left, top] = [Number(box.left), Number(box.top)];
  const opens = !target && SHOWN.includes(node.kind);
  const facts = Object.entries(node.facts).map(([name, text]) => `${name}: ${text}`);
  const hover = [node.title, node.detail, ...facts].filter(Boolean).join('\n');
  const act = opens
    ? {
        role: 'button',
        tabIndex: 0,
        onClick: () => open(node.node_id),
        onKeyDown: (event: React.KeyboardEvent) => {
          if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            open(node.node_id);
          }
        }
      }
    : {};
  return (
    <g
      className={`cb-node cb-mod-${node.kind}${target ? ' cb-mod-target' : ''}`}
      aria-label={[node.title, node.detail].filter(Boolean).join(', ')}
      {...act}
    >
      <title>{formatting.shorten(hover, 2000)}</title>
      <rect x={left} y={top} width={Number(box.width)} height={HEIGHT} rx={4} />
      <path className="cb-shape" transform={`translate(${left + 10} ${top + 15})`} d={SHAPES[node.kind]} />
      <text className="cb-title" x={left + 32} y={top + (box.detail ? 18 : 26)}>
        {box.title}
      </text>
      <text x={left + 32} y={top + 34}>
        {box.detail}
      </text>
    </g>
  );
}

function Arrow(props: { arrow: LineageArrow; implied: boolean }): React.ReactElement {
  const { path, x, y } = props.arrow;
  return (
    <>
      <path className={props.implied ? 'cb-edge cb-mod-implied' : 'cb-edge'} d={path} />
      <path className="cb-arrow" d={`M${Number(x) - 7} ${Number(y) - 4}l7 4-7 4z`} />
    </>
  );
}

/** The lineage of a run or a data set as a part of its details, read when it is opened. */
export function LineageFold(props: {
  /** Asks a question of the book. */
  ask: (question: string, query: object) => Promise<DrawnLineage>;
  /** `run:ID` or `data:ID`. */
  target: string;
  /** Another one where the lineage may have become another. */
  state: unknown;
  trans: TranslationBundle;
}): React.ReactElement {
  const { target, state, trans } = props;
  const [opened, setOpened] = React.useState(false);
  const asking = React.useRef(props.ask);
  asking.current = props.ask;
  const ask = React.useCallback(() => asking.current('lineage', { target }), [target, state]);
  return (
    <Fold title={trans.__('Lineage')} onToggle={setOpened}>
      {opened && <LineageView ask={ask} open={anyPlace.open} trans={trans} />}
    </Fold>
  );
}
