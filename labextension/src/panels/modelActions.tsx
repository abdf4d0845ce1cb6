/** What can be done with a registered model. */

import * as React from 'react';

import type { ModelPage } from '../_generated/types.ts';
import { Actions, Asked, Reason } from './asked.tsx';
import { stageWord } from './modelParts.tsx';
import type { ModelsProps } from './modelsPanel.tsx';

export interface FormProps extends ModelsProps {
  close: () => void;
}

interface Target {
  /** What it is done with: a version's id, or a model's name. */
  target: string;
  description: string;
  deprecated: string;
}

interface ModelForm extends FormProps {
  page: ModelPage;
}

/** The buttons, and the form of the one that was pressed. */
export function ModelActions(props: ModelsProps & { page: ModelPage }): React.ReactElement {
  const { page, trans } = props;
  const { name, description, deprecated } = page;
  const target = { target: name, description, deprecated };
  return (
    <Actions
      trans={trans}
      actions={[
        {
          label: trans.__('Describe…'),
          form: close => <DescribeForm {...props} {...target} close={close} />
        },
        {
          label: trans.__('Owners…'),
          form: close => <OwnersForm {...props} close={close} />
        },
        {
          label: trans.__('Protect…'),
          form: close => <ProtectForm {...props} close={close} />
        },
        {
          label: trans.__('Deprecate…'),
          form: close => <DeprecateForm {...props} {...target} close={close} />
        }
      ]}
    />
  );
}

export function DescribeForm(props: FormProps & Target): React.ReactElement {
  const { model, target, description, close, trans } = props;
  const [text, setText] = React.useState(description);
  return (
    <Asked
      label={trans.__('Describe')}
      verb={trans.__('Save')}
      ready={text !== description}
      close={close}
      trans={trans}
      act={() => model.act('describe-model', { target, text })}
    >
      <Reason
        label={trans.__('What it is, in Markdown')}
        value={text}
        change={setText}
        trans={trans}
      />
    </Asked>
  );
}

export function DeprecateForm(props: FormProps & Target): React.ReactElement {
  const { model, target, deprecated, close, trans } = props;
  const [reason, setReason] = React.useState(deprecated);
  const takes = deprecated !== '' && !reason.trim();
  return (
    <Asked
      label={trans.__('Deprecate')}
      verb={takes ? trans.__('No longer deprecated') : trans.__('Deprecate')}
      ready={reason.trim() !== deprecated}
      close={close}
      trans={trans}
      act={() => model.act('deprecate-model', { target, reason: reason.trim() })}
    >
      <Reason
        label={trans.__('Why it should not be used any more, and what instead')}
        value={reason}
        change={setReason}
        trans={trans}
      />
    </Asked>
  );
}

function OwnersForm(props: ModelForm): React.ReactElement {
  const { model, page, close, trans } = props;
  const [text, setText] = React.useState(page.owners.join(', '));
  const owners = text.split(',').map(one => one.trim()).filter(Boolean);
  return (
    <Asked
      label={trans.__('Owners')}
      verb={trans.__('Save')}
      ready={owners.join() !== page.owners.join()}
      close={close}
      trans={trans}
      act={() => model.act('set-model-owners', { model: page.name, owners })}
    >
      <label className="cb-field">
        <span>{trans.__('Owners, with a comma between them; they alone change protections')}</span>
        <input
          type="text"
          spellCheck={false}
          placeholder="ada, grace"
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
    </Asked>
  );
}

function ProtectForm(props: ModelForm): React.ReactElement {
  const { model, page, close, trans } = props;
  const [target, setTarget] = React.useState('production');
  const known = page.protections.find(one => one.target === target);
  const [approvals, setApprovals] = React.useState(1);
  const [text, setText] = React.useState('');
  const approvers = text.split(',').map(one => one.trim()).filter(Boolean);
  const aliases = [...Object.keys(page.aliases), 'champion'].map(one => `@${one}`);
  return (
    <Asked
      label={trans.__('Protect')}
      verb={approvals ? trans.__('Protect') : trans.__('Lift')}
      ready={approvals > 0 || known !== undefined}
      close={close}
      trans={trans}
      act={() => model.act('protect-model', { model: page.name, target, approvals, approvers })}
    >
      <div className="cb-fields">
        <label className="cb-field">
          <span>{trans.__('What is protected')}</span>
          <select
            className="cb-select"
            value={target}
            onChange={event => setTarget(event.target.value)}
          >
            {[...new Set(['production', 'staging', ...aliases])].map(one => (
              <option key={one} value={one}>
                {stageWord(one, trans)}
              </option>
            ))}
          </select>
        </label>
        <label className="cb-field">
          <span>{trans.__('Approvals (0 lifts it)')}</span>
          <input
            type="number"
            min={0}
            max={9}
            value={approvals}
            onChange={event => setApprovals(Math.max(0, Math.trunc(Number(event.target.value))))}
          />
        </label>
      </div>
      <label className="cb-field">
        <span>{trans.__('Of whom (empty: of anyone but who registered it)')}</span>
        <input
          type="text"
          spellCheck={false}
          placeholder="ada, grace"
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
    </Asked>
  );
}
