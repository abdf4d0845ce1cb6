/** Versions of models beside one another: a column a version, a row a fact. */

import * as React from 'react';

import type { ModelComparison } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { ModelsProps } from './modelsPanel.tsx';

/** The table; what is the same in all versions can be left out. */
export function ComparedVersions(
  props: ModelsProps & { found: ModelComparison }
): React.ReactElement {
  const { model, found, trans } = props;
  const [all, setAll] = React.useState(true);
  const facts = found.facts.filter(fact => all || fact.differs);
  const several = new Set(found.versions.map(row => row.model)).size > 1;
  let section = '';
  return (
    <section aria-label={trans.__('Versions beside one another')}>
      <div className="cb-line">
        <h2>{trans.__('Versions beside one another')}</h2>
        <label className="cb-choose">
          <input
            type="checkbox"
            checked={!all}
            onChange={event => setAll(!event.target.checked)}
          />
          {trans.__('only what differs')}
        </label>
      </div>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={trans.__('Comparison')}>
        <table className="cb-table cb-mod-compared">
          <thead>
            <tr>
              <td />
              {found.versions.map(row => (
                <th key={row.version_id} scope="col">
                  <button
                    type="button"
                    className="cb-link cb-datalink"
                    onClick={() => void model.openVersion(row)}
                  >
                    <bdi>
                      {several && `${formatting.shorten(row.model, 40)} `}v{row.name}
                    </bdi>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {facts.map(fact => {
              const begins = fact.section !== section;
              section = fact.section;
              return (
                <React.Fragment key={`${fact.section} ${fact.name}`}>
                  {begins && (
                    <tr className="cb-group">
                      <th colSpan={found.versions.length + 1} scope="colgroup">
                        {fact.section}
                      </th>
                    </tr>
                  )}
                  <tr className={fact.differs ? 'cb-mod-differs' : 'cb-mod-same'}>
                    <th scope="row">
                      <bdi>{formatting.shorten(fact.name, 80)}</bdi>
                    </th>
                    {fact.values.map((value, place) => (
                      <td key={place} title={formatting.shorten(value, 1000)}>
                        <bdi>{formatting.shorten(value, 80) || formatting.MISSING}</bdi>
                      </td>
                    ))}
                  </tr>
                </React.Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
      {facts.length === 0 && <p className="cb-note">{trans.__('Nothing differs.')}</p>}
    </section>
  );
}
