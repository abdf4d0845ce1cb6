/** Registered models, as they are named in lists and tables. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ModelStage, ModelVersionRow } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { anyPlace } from '../models/place.ts';
import { standingOf } from '../models/modelRegistry.ts';

/** Characters of a name that are looked at. */
const LONGEST = 80;

/** Return the word for a stage. */
export function stageWord(stage: string, trans: TranslationBundle): string {
  return (
    {
      development: trans.__('development'),
      staging: trans.__('staging'),
      production: trans.__('production'),
      archived: trans.__('archived')
    }[stage] ?? stage
  );
}

/** How far a version has come: a shape and a word, as colour alone tells nothing. */
export function Stage(props: { stage: ModelStage; trans: TranslationBundle }): React.ReactElement {
  const { stage, trans } = props;
  const shape = { development: '○', staging: '◐', production: '●', archived: '▫' }[stage];
  return (
    <span className={`cb-stage cb-mod-${stage}`}>
      <span aria-hidden="true">{shape}</span> {stageWord(stage, trans)}
    </span>
  );
}

/** The aliases that lead to a version. */
export function Aliases(props: {
  aliases: readonly string[];
  trans: TranslationBundle;
}): React.ReactElement {
  return (
    <span className="cb-datawords">
      {props.aliases.map(alias => (
        <bdi
          key={alias}
          className="cb-tag cb-mod-alias"
          title={props.trans.__('alias %1', alias)}
        >
          @{formatting.shorten(alias, 40)}
        </bdi>
      ))}
    </span>
  );
}

/** That something answers with a version now, in a few words. */
export function Served(props: { text: string; trans: TranslationBundle }): React.ReactElement {
  const { text, trans } = props;
  return (
    <span className="cb-served" title={trans.__('An endpoint answers with it')}>
      <span aria-hidden="true">⇄</span> <bdi>{formatting.shorten(text, 80)}</bdi>
    </span>
  );
}

/** What came of building it in a clean environment, or that this is under way. */
export function Check(props: {
  row: ModelVersionRow;
  trans: TranslationBundle;
}): React.ReactElement {
  const { row, trans } = props;
  const { check, checking } = row;
  if (checking) {
    return checking.problem ? (
      <span className="cb-error" title={formatting.shorten(checking.problem, 400)}>
        ✗ {trans.__('could not be checked')}
      </span>
    ) : (
      <span title={`${checking.by}, ${formatting.date(checking.time)}`}>
        ◌ {trans.__('is being checked')}
      </span>
    );
  }
  if (!check) {
    return (
      <span className="cb-muted" title={trans.__('It was not built in a clean environment yet.')}>
        {row.bundled ? trans.__('not checked') : formatting.MISSING}
      </span>
    );
  }
  const about = `${check.by}, ${formatting.date(check.time)}`;
  return check.problem ? (
    <span className="cb-error" title={`${formatting.shorten(check.problem, 400)}\n${about}`}>
      ✗ {trans.__('failed')}
    </span>
  ) : (
    <span title={`${check.text}\n${about}`}>
      {check.tested ? `✓ ${trans.__('passed')}` : `○ ${trans.__('loads; no tests')}`}
    </span>
  );
}

/** Who approved of a version, and who did not. */
export function Standing(props: {
  row: ModelVersionRow;
  /** Whether there is little room. */
  brief?: boolean;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { row, trans } = props;
  const all = standingOf(row);
  if (!all.length) {
    return <span className="cb-muted">{formatting.MISSING}</span>;
  }
  return (
    <>
      {all.map(({ target, approved, uncounted, rejected }) => (
        <span key={target} className="cb-verdicts" title={trans.__('for %1', target)}>
          {approved.length > 0 && <bdi>✓ {formatting.shorten(approved.join(', '), LONGEST)}</bdi>}
          {uncounted.length > 0 && (
            <bdi
              className="cb-muted"
              title={trans.__(
                'That of who registered it does not count, nor of anybody else where people are named.'
              )}
            >
              {props.brief
                ? `(${formatting.shorten(uncounted.join(', '), LONGEST)})`
                : trans.__(
                    '%1 (does not count)',
                    formatting.shorten(uncounted.join(', '), LONGEST)
                  )}
            </bdi>
          )}
          {rejected.length > 0 && (
            <bdi className="cb-error">✗ {formatting.shorten(rejected.join(', '), LONGEST)}</bdi>
          )}
          {target !== 'production' && <bdi className="cb-muted">{target}</bdi>}
        </span>
      ))}
    </>
  );
}

/** The run that made it, which opens. */
export function MadeBy(props: {
  row: ModelVersionRow;
  trans: TranslationBundle;
}): React.ReactElement {
  const { row, trans } = props;
  if (!row.run) {
    return row.source ? (
      <bdi title={formatting.shorten(row.source, 400)}>{formatting.shorten(row.source, 40)}</bdi>
    ) : (
      <span className="cb-muted">{formatting.MISSING}</span>
    );
  }
  const { run_id: id, number, name } = row.run;
  return (
    <button
      type="button"
      className="cb-link cb-datalink"
      title={trans.__('Show run %1 %2', number, formatting.shorten(name, 200))}
      onClick={() => anyPlace.open(`run:${id}`)}
    >
      <bdi>
        #{number} {formatting.shorten(name, 40)}
      </bdi>
    </button>
  );
}

/** Tags of a model or a version. */
export function ModelTags(props: { tags: Record<string, string> }): React.ReactElement | null {
  const tags = Object.entries(props.tags);
  return tags.length ? (
    <span className="cb-datawords">
      {tags.map(([key, value]) => (
        <bdi key={key} className="cb-tag" title={`${key}: ${formatting.shorten(value, 400)}`}>
          {formatting.shorten(value ? `${key}: ${value}` : key, 40)}
        </bdi>
      ))}
    </span>
  ) : null;
}
