/** What can be done with a version of a model. */

import * as React from 'react';

import type {
  ModelStage,
  ModelVersionPage,
  ModelVersionRow,
  OfferedEvidence
} from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { lacksApprovals, STAGES, type ModelsModel } from '../models/modelRegistry.ts';
import { Actions, Asked, Reason } from './asked.tsx';
import { DeprecateForm, DescribeForm, type FormProps } from './modelActions.tsx';
import { stageWord } from './modelParts.tsx';
import type { ModelsProps } from './modelsPanel.tsx';
import { Trouble } from './parts.tsx';

interface VersionForm extends FormProps {
  row: ModelVersionRow;
}

/** The buttons, and the form of the one that was pressed. */
export function VersionActions(
  props: ModelsProps & { details: ModelVersionPage }
): React.ReactElement {
  const { details, trans, ...rest } = props;
  const { row } = details;
  const given = { ...rest, trans, row };
  const { description, deprecated } = row;
  const target = { target: row.version_id, description, deprecated };
  return (
    <Actions
      trans={trans}
      actions={[
        {
          label: trans.__('Alias…'),
          form: close => <AliasForm {...given} close={close} />
        },
        {
          label: trans.__('Stage…'),
          form: close => <StageForm {...given} close={close} />
        },
        {
          label: trans.__('Check…'),
          form: close => <CheckForm {...given} close={close} />
        },
        {
          label: trans.__('Approve…'),
          form: close => <ApproveForm {...given} close={close} />
        },
        {
          label: trans.__('Describe…'),
          form: close => <DescribeForm {...given} {...target} close={close} />
        },
        {
          label: trans.__('Deprecate…'),
          form: close => <DeprecateForm {...given} {...target} close={close} />
        },
        {
          label: trans.__('Delete…'),
          form: close => <DeleteForm {...given} close={close} />
        }
      ]}
    />
  );
}

function AliasForm(props: VersionForm): React.ReactElement {
  const { model, row, close, trans } = props;
  const { page } = model;
  const [alias, setAlias] = React.useState('');
  const [reason, setReason] = React.useState('');
  const name = alias.trim().replace(/^@/, '');
  const leads = page?.aliases[name];
  const here = row.aliases.includes(name);
  const known = Object.keys(page?.aliases ?? {});
  const options = React.useId();
  return (
    <Asked
      label={trans.__('Alias')}
      verb={here ? trans.__('Take @%1 away', name) : trans.__('Set')}
      ready={name !== ''}
      close={close}
      trans={trans}
      act={() =>
        model.act('set-model-alias', {
          model: row.model,
          alias: name,
          version: here ? '' : row.version_id,
          reason,
          based_on: page?.heads[name] ?? []
        })
      }
    >
      <label className="cb-field">
        <span>{trans.__('Alias')}</span>
        <input
          type="text"
          list={options}
          placeholder="champion"
          spellCheck={false}
          value={alias}
          onChange={event => setAlias(event.target.value)}
        />
        <datalist id={options}>
          {known.map(one => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      {!here && <Lacking {...props} target={`@${name}`} />}
      {leads && !here && (
        <p className="cb-muted">
          {trans.__('@%1 leads to v%2 now; it will lead here.', name, leads)}
        </p>
      )}
      <Reason value={reason} change={setReason} trans={trans} />
    </Asked>
  );
}

/** That approvals are lacking, before it is refused. */
function Lacking(props: VersionForm & { target: string }): React.ReactElement | null {
  const { model, row, target, trans } = props;
  const lacking = lacksApprovals(row, model.page?.protections ?? [], target);
  return lacking > 0 ? (
    <p className="cb-muted">
      {trans._n(
        '%2 is protected, and %1 approval is lacking: “Approve…” above gives one.',
        '%2 is protected, and %1 approvals are lacking: “Approve…” above gives one.',
        lacking,
        target
      )}
    </p>
  ) : null;
}

function StageForm(props: VersionForm): React.ReactElement {
  const { model, row, close, trans } = props;
  const [stage, setStage] = React.useState<ModelStage>(row.stage);
  const [others, setOthers] = React.useState(false);
  const [reason, setReason] = React.useState('');
  const same = (model.page?.versions ?? []).filter(
    one => one.stage === stage && one.version_id !== row.version_id
  );
  return (
    <Asked
      label={trans.__('Stage')}
      verb={trans.__('Move')}
      ready={stage !== row.stage}
      close={close}
      trans={trans}
      act={() =>
        model.act('move-model-stage', {
          version: row.version_id,
          stage,
          reason,
          archive_others: others,
          based_on: row.heads
        })
      }
    >
      <label className="cb-field">
        <span>{trans.__('Stage')}</span>
        <select
          className="cb-select"
          value={stage}
          onChange={event => setStage(event.target.value as ModelStage)}
        >
          {STAGES.map(one => (
            <option key={one} value={one}>
              {stageWord(one, trans)}
            </option>
          ))}
        </select>
      </label>
      {stage === 'production' && stage !== row.stage && row.check?.tested === false && (
        <p className="cb-muted">
          {trans.__(
            'Its check: loads; no tests. Registered with an input example, it is tested on that.'
          )}
        </p>
      )}
      {stage === 'production' && stage !== row.stage && row.bundled && !row.check && (
        <p className="cb-muted">
          {trans.__('Production takes only what was checked: “Check…” above does that.')}
        </p>
      )}
      {stage !== row.stage && <Lacking {...props} target={stage} />}
      {stage === 'production' && same.length > 0 && (
        <label className="cb-choose">
          <input
            type="checkbox"
            checked={others}
            onChange={event => setOthers(event.target.checked)}
          />
          {trans.__('archive what is there: %1', `v${same.map(one => one.name).join(', v')}`)}
        </label>
      )}
      <Reason value={reason} change={setReason} trans={trans} />
    </Asked>
  );
}

/** Production asks for a check, which takes a while: it goes on when this is closed. */
function CheckForm(props: VersionForm): React.ReactElement {
  const { model, row, close, trans } = props;
  const underWay = row.checking !== null && !row.checking.problem;
  return (
    <Asked
      label={trans.__('Check')}
      verb={underWay ? trans.__('Is being checked') : trans.__('Check')}
      ready={row.bundled && !underWay}
      close={close}
      trans={trans}
      act={() => model.act('check-model', { version: row.version_id })}
    >
      <p>
        {row.bundled
          ? trans.__(
              'A clean environment is built, the model is loaded in it, and its example and tests are run. That takes a minute or more; what comes of it is shown here, and production asks for it.'
            )
          : trans.__('These are files as they came: nothing here can check them.')}
      </p>
    </Asked>
  );
}

function ApproveForm(props: VersionForm): React.ReactElement {
  const { model, row, close, trans } = props;
  const [target, setTarget] = React.useState('production');
  const [approved, setApproved] = React.useState(true);
  const [reason, setReason] = React.useState('');
  const [chosen, setChosen] = React.useState<readonly string[]>([]);
  const [offered, problem] = useEvidence(model, row.version_id);
  const targets = ['production', ...(model.page?.protections ?? []).map(one => one.target)];
  return (
    <Asked
      label={trans.__('Approve')}
      verb={approved ? trans.__('Approve') : trans.__('Reject')}
      ready={reason.trim() !== '' && (!approved || chosen.length > 0)}
      close={close}
      trans={trans}
      act={() =>
        model.act('approve-model', {
          version: row.version_id,
          target,
          reason,
          evidence: chosen,
          approved
        })
      }
    >
      <div className="cb-fields">
        <label className="cb-field">
          <span>{trans.__('To become')}</span>
          <select
            className="cb-select"
            value={target}
            onChange={event => setTarget(event.target.value)}
          >
            {[...new Set(targets)].map(one => (
              <option key={one} value={one}>
                {stageWord(one, trans)}
              </option>
            ))}
          </select>
        </label>
        <label className="cb-field">
          <span>{trans.__('Your word')}</span>
          <select
            className="cb-select"
            value={approved ? 'yes' : 'no'}
            onChange={event => setApproved(event.target.value === 'yes')}
          >
            <option value="yes">{trans.__('I approve')}</option>
            <option value="no">{trans.__('I do not')}</option>
          </select>
        </label>
      </div>
      <Reason needed value={reason} change={setReason} trans={trans} />
      <div className="cb-field" role="group" aria-label={trans.__('What it rests upon')}>
        <span>{trans.__('What it rests upon')}</span>
        {problem && <Trouble message={problem} />}
        {offered?.evidence.length === 0 && (
          <p className="cb-muted">
            {trans.__(
              'Nothing yet: a check, a leaderboard, a thread on this version or the metrics of its run would be here.'
            )}
          </p>
        )}
        {offered?.evidence.map(one => (
          <label key={one.target} className="cb-choose">
            <input
              type="checkbox"
              checked={chosen.includes(one.target)}
              onChange={event =>
                setChosen(
                  event.target.checked
                    ? [...chosen, one.target]
                    : chosen.filter(other => other !== one.target)
                )
              }
            />
            <bdi title={formatting.shorten(one.target, 400)}>
              {formatting.shorten(one.text, 160)}
            </bdi>
          </label>
        ))}
      </div>
    </Asked>
  );
}

/** Return what an approval could rest upon, as the book has it, and why it is not here. */
function useEvidence(model: ModelsModel, version: string): [OfferedEvidence | null, string] {
  const [offered, setOffered] = React.useState<OfferedEvidence | null>(null);
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let wanted = true;
    model.ask<OfferedEvidence>('model-evidence', { version }).then(
      found => wanted && setOffered(found),
      (error: unknown) =>
        wanted && setProblem(error instanceof Error ? error.message : String(error))
    );
    return () => {
      wanted = false;
    };
  }, [model, version]);
  return [offered, problem];
}

function DeleteForm(props: VersionForm): React.ReactElement {
  const { model, row, close, trans } = props;
  const [reason, setReason] = React.useState('');
  return (
    <Asked
      label={trans.__('Delete')}
      verb={trans.__('Delete v%1', row.name)}
      danger
      ready
      close={close}
      trans={trans}
      act={() => model.act('delete-model', { target: row.version_id, reason })}
    >
      <p>
        {trans.__(
          'v%1 will be gone from all lists; its number is not given again, and its history stays.',
          row.name
        )}
      </p>
      <Reason value={reason} change={setReason} trans={trans} />
    </Asked>
  );
}
