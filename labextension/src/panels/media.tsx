/** Pictures, tables, texts and sound of several runs, side by side, step by step. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { MediaItem, TablePreview } from '../_generated/types.ts';
import { colourOf } from '../models/colours.ts';
import { axis, layout, type IFigure, type ILook } from '../models/figure.ts';
import * as formatting from '../models/format.ts';
import type { IHost } from '../models/host.ts';
import { seriesKey, type Content, type MediaModel } from '../models/media.ts';
import { Choice } from './curves.tsx';
import { download } from './download.ts';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import { Plot } from './plot.tsx';

interface MediaProps {
  model: MediaModel;
  /** A new list when it is to be read anew. */
  runs: readonly string[];
  host: IHost;
  trans: TranslationBundle;
}

/** The whole tab. */
export function Media(props: MediaProps): React.ReactElement {
  const { model, runs, trans } = props;
  useSignal(model.changed);
  React.useEffect(() => {
    void model.read(runs);
  }, [model, runs]);
  const { media, series, step, problem } = model;
  if (problem) {
    return <Trouble message={problem} />;
  }
  if (!media) {
    return <Loading busy label={trans.__('Loading')} />;
  }
  if (!series) {
    return (
      <Empty>
        <Marked
          text={trans.__(
            'These runs show nothing besides numbers: `run.log_figure(figure, "roc.png")`, `log_image`, `log_table`, `log_text` or `log_audio` make it.'
          )}
        />
      </Empty>
    );
  }
  return (
    <section aria-label={trans.__('Media')}>
      <div className="cb-line">
        <Choice
          label={trans.__('show')}
          value={seriesKey(series)}
          options={media.series.map(one => [seriesKey(one), `${one.name} · ${one.kind}`])}
          onChange={chosen => model.choose({ series: chosen })}
        />
        {series.steps.length > 1 && <Steps {...props} />}
      </div>
      <div className="cb-media" role="list">
        {media.runs.map((run, place) => (
          <figure key={run.run_id} role="listitem">
            <figcaption>
              <span className="cb-strong" style={{ color: colourOf(run.number) }}>
                #{run.number}
              </span>{' '}
              <bdi>{formatting.shorten(run.name, 60)}</bdi>
              <Step item={model.itemAt(place)} wanted={step} trans={trans} />
            </figcaption>
            <Item {...props} run={run.run_id} item={model.itemAt(place)} />
          </figure>
        ))}
      </div>
    </section>
  );
}

/** Goes through the steps. */
function Steps(props: MediaProps): React.ReactElement {
  const { model, trans } = props;
  const { steps } = model.series!;
  const place = Math.max(0, steps.indexOf(model.step!));
  return (
    <label className="cb-choose">
      <span>{trans.__('step')}</span>
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        step={1}
        value={place}
        aria-valuetext={String(steps[place])}
        onChange={event => model.choose({ step: steps[Number(event.target.value)] })}
      />
      <output>{steps[place]}</output>
    </label>
  );
}

/** Says of which step something is, where that is not the one that is looked at. */
function Step(props: {
  item: MediaItem | null;
  wanted: number | null;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { item, wanted, trans } = props;
  if (!item || item.step === null || item.step === wanted) {
    return null;
  }
  return <span className="cb-muted"> {trans.__('step %1', item.step)}</span>;
}

function Item(
  props: MediaProps & { run: string; item: MediaItem | null }
): React.ReactElement | null {
  const { model, run, item, host, trans } = props;
  const key = item && `${run} ${item.path} ${item.digest}`;
  const [read, setRead] = React.useState<{ key: string; content: Content } | null>(null);
  React.useEffect(() => {
    let wanted = true;
    if (item && key) {
      void model.content(run, item).then(content => wanted && setRead({ key, content }));
    }
    return () => {
      wanted = false;
    };
    // What is in it follows from its key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [model, key]);
  // What another one holds must not stand under this one's name.
  const content = read?.key === key ? read?.content : null;
  if (!item) {
    return <p className="cb-muted">{formatting.MISSING}</p>;
  }
  const save = async () => {
    const bytes = await model.bytes(run, item);
    download(item.path.split('/').at(-1)!, new Blob([bytes], { type: item.media_type }));
  };
  return (
    <>
      <div className="cb-medium" aria-busy={!content}>
        {content ? (
          <Shown content={content} {...{ item, host, trans }} />
        ) : (
          <p className="cb-muted">{trans.__('loading…')}</p>
        )}
      </div>
      <button type="button" className="cb-link" onClick={() => void save()}>
        {trans.__('download')} · {formatting.size(item.size)}
      </button>
    </>
  );
}

function Shown(props: {
  content: Content;
  item: MediaItem;
  host: IHost;
  trans: TranslationBundle;
}): React.ReactElement {
  const { content, item, host, trans } = props;
  const draw = React.useMemo(() => drawn(content), [content]);
  switch (content.kind) {
    case 'url':
      return item.media_type.startsWith('audio/') ? (
        <audio controls src={content.url} aria-label={item.path} />
      ) : (
        <img src={content.url} alt={item.path} />
      );
    case 'table':
      return <Preview table={content.table} trans={trans} />;
    case 'text':
      return (
        <pre dir="auto" tabIndex={0}>
          {content.text}
          {content.cut ? '…' : ''}
        </pre>
      );
    case 'none':
      return <p className="cb-muted">{content.why}</p>;
    default:
      return <Plot host={host} draw={draw} height={300} label={item.path} trans={trans} />;
  }
}

/** Return what makes the picture of a figure or a histogram. */
function drawn(content: Content): (look: ILook) => IFigure {
  return look => {
    if (content.kind === 'figure') {
      const { data, layout: own } = content.figure;
      return { data, layout: { ...layout(look), ...own, autosize: true, width: undefined } };
    }
    const { counts, edges } = content as Extract<Content, { kind: 'histogram' }>;
    return {
      data: [
        {
          type: 'bar',
          x: counts.map((_, place) => (edges[place] + edges[place + 1]) / 2),
          y: counts,
          width: counts.map((_, place) => edges[place + 1] - edges[place]),
          marker: { color: look.runs[0] },
          hovertemplate: '%{x}: %{y}<extra></extra>'
        }
      ],
      layout: layout(look, { xaxis: axis(look, ''), yaxis: axis(look, ''), bargap: 0 })
    };
  };
}

function Preview(props: { table: TablePreview; trans: TranslationBundle }): React.ReactElement {
  const { table, trans } = props;
  const { columns, rows, total_rows: all, total_columns: wide } = table;
  const cut = rows.length < all || columns.length < wide;
  return (
    <>
      <div className="cb-tablebox" tabIndex={0}>
        <table className="cb-table cb-mod-plain">
          <thead>
            <tr>
              {columns.map((name, place) => (
                <th key={place} scope="col">
                  <bdi>{name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              <tr key={place}>
                {row.map((text, column) => (
                  <td key={column}>
                    <bdi>{text}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cut && (
        <p className="cb-note">{trans.__('The beginning of %1 rows × %2 columns.', all, wide)}</p>
      )}
    </>
  );
}
