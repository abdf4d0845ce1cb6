/** What is asked before a checkpoint is brought back, and how one differs from now. */

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  CellChange,
  CheckpointDifference,
  TimelineRow,
  VariableChange
} from '../_generated/types.ts';
import {
  messageOf,
  type CheckpointsModel,
  type IDifferenceFromNow,
  type Notebook
} from '../models/checkpoints.ts';
import { shorten } from '../models/format.ts';
import { KernelRefusal, type IRestored } from '../tokens.ts';
import { DialogBody } from './dialogBody.tsx';
import { Marked, Trouble } from './parts.tsx';

/** Names that a list shows before the rest is counted. */
const LISTED = 60;

interface Choice {
  variables: boolean;
  document: boolean;
}

/** Say what a restore will change, and do it if that is wanted. */
export async function askToRestore(
  model: CheckpointsModel,
  row: TimelineRow,
  trans: TranslationBundle,
  trust = false
): Promise<void> {
  const id = row.checkpoint.checkpoint_id;
  let here: Notebook;
  let plan: IRestored | null = null;
  let cells: CheckpointDifference;
  try {
    here = model.here;
    [plan, cells] = await Promise.all([here.records ? here.plan(id, trust) : null, here.cells(id)]);
  } catch (error) {
    if (error instanceof KernelRefusal && error.kind === 'Untrusted' && !trust) {
      if (await asksForTrust(error.message, trans)) {
        await askToRestore(model, row, trans, true);
      }
      return;
    }
    Notification.error(messageOf(error), { autoClose: false });
    return;
  }
  const choice: Choice = { variables: plan !== null, document: row.checkpoint.document !== null };
  const title = row.checkpoint.label
    ? trans.__('Restore checkpoint %1, %2?', row.number, row.checkpoint.label)
    : trans.__('Restore checkpoint %1?', row.number);
  const answer = await showDialog<Choice>({
    title,
    body: new DialogBody<Choice>(choice, choose => (
      <RestorePlan {...{ plan, cells, choice, choose, trans }} />
    )),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Restore') })]
  });
  const wanted = answer.value;
  if (!answer.button.accept || !wanted || !(wanted.variables || wanted.document)) {
    return;
  }
  const name = row.checkpoint.label ? `${row.number}, ${row.checkpoint.label},` : `${row.number}`;
  await restore(here, id, name, { ...wanted, trust }, trans);
}

async function asksForTrust(message: string, trans: TranslationBundle): Promise<boolean> {
  const answer = await showDialog({
    title: trans.__('This checkpoint does not carry your signature'),
    body: message.replace(/ If you trust them, add --trust\.$/, ''),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Trust and go on') })],
    defaultButton: 0
  });
  return answer.button.accept;
}

async function restore(
  here: Notebook,
  checkpoint: string,
  name: string,
  what: Choice & { trust: boolean },
  trans: TranslationBundle
): Promise<void> {
  try {
    const undo = await here.restore(checkpoint, what);
    Notification.success(trans.__('Checkpoint %1 is restored.', name), {
      autoClose: 20_000,
      actions: [{ label: trans.__('Undo'), callback: () => void takeBack(undo, name, trans) }]
    });
  } catch (error) {
    Notification.error(messageOf(error), { autoClose: false });
  }
}

async function takeBack(
  undo: () => Promise<string>,
  name: string,
  trans: TranslationBundle
): Promise<void> {
  try {
    const problem = await undo();
    if (problem) {
      Notification.warning(problem, { autoClose: 8000 });
    } else {
      const done = trans.__('The restore of checkpoint %1 is undone.', name);
      Notification.success(done, { autoClose: 5000 });
    }
  } catch (error) {
    Notification.error(messageOf(error), { autoClose: false });
  }
}

function RestorePlan(props: {
  plan: IRestored | null;
  cells: CheckpointDifference;
  choice: Choice;
  choose: (choice: Choice) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { plan, trans } = props;
  const [choice, setChoice] = React.useState(props.choice);
  const choose = (changes: Partial<Choice>) => {
    const next = { ...choice, ...changes };
    setChoice(next);
    props.choose(next);
  };
  return (
    <div className="cb-plan">
      {plan?.differences.map(text => <Trouble key={text} message={text} />)}
      {plan ? (
        <>
          <label className="cb-check">
            <input
              type="checkbox"
              checked={choice.variables}
              onChange={event => choose({ variables: event.target.checked })}
            />
            {trans.__('Variables of the kernel')}
          </label>
          <table className="cb-lists">
            <tbody>
              <Names title={trans.__('comes back')} names={plan.restored} />
              <Names title={trans.__('stays live')} names={plan.kept} />
              <Names title={trans.__('cannot come back')} names={plan.missing} />
              <Names title={trans.__('goes')} names={plan.removed} />
            </tbody>
          </table>
        </>
      ) : (
        <p>
          <Marked
            text={trans.__(
              'The kernel does not record, so the document alone can come back. ' +
                '`%load_ext cellbook` in the kernel makes its variables restorable.'
            )}
          />
        </p>
      )}
      <label className="cb-check">
        <input
          type="checkbox"
          checked={choice.document}
          disabled={!props.choice.document}
          onChange={event => choose({ document: event.target.checked })}
        />
        {props.choice.document
          ? trans.__('The notebook: its cells, with their outputs')
          : trans.__('No document was kept with this checkpoint')}
      </label>
      {props.choice.document && (
        <table className="cb-lists">
          <tbody>
            <Cells title={trans.__('comes back')} of={props.cells} change="removed" />
            <Cells title={trans.__('changes back')} of={props.cells} change="changed" />
            <Cells title={trans.__('goes')} of={props.cells} change="added" />
          </tbody>
        </table>
      )}
      <p className="cb-muted">
        {plan
          ? trans.__('The state of now is saved before; restoring that undoes this.')
          : trans.__('Edit → Undo Cell Operation takes it back.')}
      </p>
    </div>
  );
}

/** The cells that a restore changes in one way: the difference is from the checkpoint to now. */
function Cells(props: {
  title: string;
  of: CheckpointDifference;
  change: CellChange['change'];
}): React.ReactElement | null {
  const lines = props.of.cells
    .filter(cell => cell.change === props.change)
    .map(cell => cell.lines.find(line => line.slice(1).trim())?.slice(1) ?? '')
    .map(line => shorten(line, 40));
  return lines.length ? <Names title={props.title} names={lines} /> : null;
}

function Names(props: {
  title: string;
  names: readonly string[] | { readonly [name: string]: string };
}): React.ReactElement | null {
  const reasons = Array.isArray(props.names) ? {} : (props.names as Record<string, string>);
  const names = Array.isArray(props.names) ? (props.names as string[]) : Object.keys(reasons);
  if (!names.length) {
    return null;
  }
  const more = names.length - LISTED;
  return (
    <tr>
      <th scope="row">
        {props.title} ({names.length.toLocaleString()})
      </th>
      <td>
        {names.slice(0, LISTED).map((name, place) => (
          <span key={place} className="cb-named">
            <code>{name}</code>
            {reasons[name] && <span className="cb-muted"> {reasons[name]}</span>}
          </span>
        ))}
        {more > 0 && <span className="cb-muted">… +{more.toLocaleString()}</span>}
      </td>
    </tr>
  );
}

/** Show how a checkpoint differs from now. */
export async function showDifference(
  model: CheckpointsModel,
  checkpoint: string,
  trans: TranslationBundle,
  trust = false
): Promise<void> {
  let found: IDifferenceFromNow;
  try {
    found = await model.here.difference(checkpoint, trust);
  } catch (error) {
    if (error instanceof KernelRefusal && error.kind === 'Untrusted' && !trust) {
      if (await asksForTrust(error.message, trans)) {
        await showDifference(model, checkpoint, trans, true);
      }
      return;
    }
    Notification.error(messageOf(error), { autoClose: false });
    return;
  }
  const row = model.rows.find(one => one.checkpoint.checkpoint_id === checkpoint);
  const answer = await showDialog({
    title: row?.checkpoint.label
      ? trans.__('From %1 to now', row.checkpoint.label)
      : trans.__('From checkpoint %1 to now', found.cells.first),
    body: new DialogBody(undefined, () => <Difference found={found} trans={trans} />),
    buttons: row
      ? [Dialog.cancelButton({ label: trans.__('Close') }), Dialog.okButton({ label: trans.__('Restore…') })]
      : [Dialog.okButton({ label: trans.__('Close') })],
    defaultButton: 0
  });
  if (row && answer.button.accept) {
    await askToRestore(model, row, trans, trust);
  }
}

function Difference(props: {
  found: IDifferenceFromNow;
  trans: TranslationBundle;
}): React.ReactElement {
  const { cells, variables } = props.found;
  const { trans } = props;
  return (
    <div className="cb-difference">
      <h3>{trans.__('Variables')}</h3>
      {!variables && (
        <p className="cb-muted">
          <Marked text={trans.__('Not compared: the kernel does not record. `%load_ext cellbook`')} />
        </p>
      )}
      {variables && !variables.variables.length && (
        <p className="cb-muted">{trans.__('No variable differs.')}</p>
      )}
      {variables && variables.variables.length > 0 && (
        <table className="cb-variables">
          <tbody>
            {variables.variables.map(one => (
              <Variable key={one.name} one={one} />
            ))}
          </tbody>
        </table>
      )}
      <h3>{trans.__('Cells')}</h3>
      {!cells.documents && (
        <p className="cb-muted">{trans.__('No document was kept with this checkpoint.')}</p>
      )}
      {cells.documents && !cells.cells.length && (
        <p className="cb-muted">{trans.__('No cell differs.')}</p>
      )}
      {cells.cells.map((change, place) => (
        <Cell key={place} change={change} trans={trans} />
      ))}
    </div>
  );
}

function Variable({ one }: { one: VariableChange }): React.ReactElement {
  return (
    <tr>
      <th scope="row">{one.name}</th>
      <td className="cb-muted">{one.change}</td>
      <td>
        {one.before}
        {one.before && one.after && <span className="cb-muted"> → </span>}
        {one.after}
        {one.detail && <div className="cb-muted">{one.detail}</div>}
      </td>
    </tr>
  );
}

function Cell(props: { change: CellChange; trans: TranslationBundle }): React.ReactElement {
  const { change, trans } = props;
  const kinds: Record<string, string> = { '+': 'cb-added', '-': 'cb-removed' };
  return (
    <figure className="cb-cell-change">
      <figcaption className="cb-muted">
        {trans.__('cell %1 %2', change.place, change.change)}
      </figcaption>
      <pre>
        {change.lines.map((line, place) => (
          <span key={place} className={kinds[line[0]]}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
