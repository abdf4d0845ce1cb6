/** How params and metrics of the runs go together, in five pictures. */

import * as React from 'react';

import type { Relations as RelationsAnswer } from '../_generated/types.ts';
import { chosenOf, wantedBy, type IRelationsLook, type RelationsPicture } from '../models/relations.ts';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import type { RelationsProps } from './relationParts.tsx';
import { PICTURES } from './relationPictures.tsx';

/** The question that each picture asks. */
const ANSWERED: Record<RelationsPicture, string> = {
  parallel: 'relations',
  scatter: 'relations',
  contour: 'surface',
  importance: 'importance',
  correlation: 'correlation'
};

/** The whole tab. */
export function Relations(props: RelationsProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.answers.changed);
  const look = model.state.relations;
  const runs = model.seen;
  const wanted = JSON.stringify(wantedBy(look));
  const asked = model.answers.get<RelationsAnswer>('relations', { runs, wanted }, model.readings);
  const last = React.useRef<RelationsAnswer | null>(null);
  // While further columns come, the picture stays.
  last.current = asked.value ?? (asked.busy ? last.current : null);
  const relations = last.current;
  const chosen = React.useMemo(
    () => relations && chosenOf(relations, look, model.metric),
    [relations, look, model.metric]
  );
  if (asked.problem) {
    return <Trouble message={asked.problem} />;
  }
  if (!relations || !chosen) {
    return <Loading busy label={trans.__('Reading params and metrics')} />;
  }
  if (relations.runs.length < 2) {
    return (
      <Empty>
        <Marked
          text={trans.__(
            'One run relates to nothing. Add others: `%compare` takes any number of runs.'
          )}
        />
      </Empty>
    );
  }
  if (relations.columns.length < 2) {
    return (
      <Empty>
        <Marked
          text={trans.__(
            'These runs differ in less than two params and metrics: `%track_run lr=0.01` and `%log acc=0.9` record them.'
          )}
        />
      </Empty>
    );
  }
  const Picture = PICTURES[look.picture] ?? PICTURES.parallel;
  return (
    <section aria-label={trans.__('Relations')}>
      <Picture
        {...props}
        relations={relations}
        chosen={chosen}
        look={look}
        pictures={<Pictures {...props} look={look} />}
      />
      {relations.others.length > 0 && (
        <p className="cb-note">
          {trans.__(
            'Offered are the %1 params and metrics that most runs have; %2 more differ, which "axes" of Parallel finds by their names.',
            relations.columns.filter(column => column.part !== 'run').length,
            relations.others.length
          )}
        </p>
      )}
    </section>
  );
}

/** Which picture. */
function Pictures(props: RelationsProps & { look: IRelationsLook }): React.ReactElement {
  const { model, look, trans } = props;
  const name = React.useId();
  const pictures: [RelationsPicture, string][] = [
    ['parallel', trans.__('Parallel')],
    ['scatter', trans.__('Scatter')],
    ['contour', trans.__('Contour')],
    ['importance', trans.__('Importance')],
    ['correlation', trans.__('Correlation')]
  ];
  const shown = pictures.filter(([picture]) => model.holds(ANSWERED[picture]));
  return (
    <fieldset className="cb-segments">
      <legend>{trans.__('Picture')}</legend>
      {shown.map(([picture, label]) => (
        <label key={picture} className={picture === look.picture ? 'cb-mod-on' : ''}>
          <input
            type="radio"
            name={name}
            checked={picture === look.picture}
            onChange={() => void model.relate({ picture })}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
