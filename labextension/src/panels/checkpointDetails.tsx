/** One checkpoint of the timeline, opened. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { TimelineRow } from '../_generated/types.ts';
import { messageOf, type CheckpointsModel } from '../models/checkpoints.ts';
import * as format from '../models/format.ts';
import type { IBook } from '../tokens.ts';
import { askToRestore, showDifference } from './checkpointDialogs.tsx';
import type { CheckpointMenu } from './checkpointMenu.ts';
import { CheckpointDiscussion } from './discussion.tsx';
import { Trouble } from './parts.tsx';
import { SaidOf } from './said.tsx';

interface DetailsProps {
  row: TimelineRow;
  model: CheckpointsModel;
  book: IBook;
  menu: CheckpointMenu;
  trans: TranslationBundle;
}

/** What is on record of a checkpoint, what can be done with it, and what was said of it. */
export function CheckpointDetails(props: DetailsProps): React.ReactElement {
  const { row, model, book, menu, trans } = props;
  const one = row.checkpoint;
  const [naming, setNaming] = React.useState(false);
  const facts = [
    [trans.__('number'), String(row.number)],
    [trans.__('cell'), row.cell],
    [trans.__('run'), row.run],
    [trans.__('variables'), `${one.variables.toLocaleString()}, ${format.size(one.size)}`],
    [
      trans.__('saved in'),
      trans.__('%1, the cell waited %2', format.duration(one.seconds), format.duration(one.waited))
    ],
    [trans.__('document'), one.document ? format.size(one.document.length) : trans.__('none')],
    [trans.__('by'), one.author]
  ].filter(([, value]) => value);
  return (
    // What is clicked in here is no click on the row.
    <div className="cb-details" onClick={event => event.stopPropagation()}>
      {naming ? (
        <Naming label={one.label ?? ''} trans={trans} done={() => setNaming(false)}
          save={label => model.label(one.checkpoint_id, label)} />
      ) : (
        <div className="cb-buttons">
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void askToRestore(model, row, trans)}
          >
            {trans.__('Restore…')}
          </button>
          <button
            type="button"
            className="jp-mod-styled cb-mod-wide"
            onClick={() => void showDifference(model, one.checkpoint_id, trans)}
          >
            {trans.__('Compare with now')}
          </button>
          <button type="button" className="jp-mod-styled" onClick={() => setNaming(true)}>
            {trans.__('Label')}
          </button>
          <button
            type="button"
            className="cb-iconbutton"
            aria-label={trans.__('More for this checkpoint')}
            aria-haspopup="menu"
            title={trans.__('More for this checkpoint')}
            onClick={event => {
              const { left, bottom } = event.currentTarget.getBoundingClientRect();
              menu.open(row, left, bottom);
            }}
          >
            <ellipsesIcon.react tag="span" className="cb-icon" />
          </button>
        </div>
      )}
      <dl>
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      <SaidOf
        book={book}
        target={`checkpoint:${one.checkpoint_id}`}
        wanted={model.discussed === one.checkpoint_id}
        trans={trans}
      >
        {threads => (
          <CheckpointDiscussion model={threads} checkpoint={one.checkpoint_id} trans={trans} />
        )}
      </SaidOf>
    </div>
  );
}

function Naming(props: {
  label: string;
  trans: TranslationBundle;
  save: (label: string) => Promise<void>;
  done: () => void;
}): React.ReactElement {
  const [label, setLabel] = React.useState(props.label);
  const [error, setError] = React.useState('');
  const save = async (event: React.FormEvent) => {
    event.preventDefault();
    try {
      await props.save(label);
      props.done();
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  return (
    <form className="cb-save" onSubmit={event => void save(event)}>
      <input
        autoFocus
        className="jp-mod-styled"
        value={label}
        maxLength={200}
        aria-label={props.trans.__('Label of the checkpoint')}
        onChange={event => setLabel(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            props.done();
          }
        }}
      />
      <button type="submit" className="jp-mod-styled jp-mod-accept">
        {props.trans.__('Save')}
      </button>
      {error && <Trouble message={error} />}
    </form>
  );
}
