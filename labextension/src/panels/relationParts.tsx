/** What the pictures of params and metrics are made of. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RelationColumn, Relations } from '../_generated/types.ts';
import { titleOf } from '../models/columns.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import type { IFigure, ILook } from '../models/figure.ts';
import type { IHost } from '../models/host.ts';
import type { IChosen, IRelationsLook } from '../models/relations.ts';
import { Choice } from './curves.tsx';
import { Empty, Loading, Marked } from './parts.tsx';
import { PictureMenu, type IDrawn } from './pictureMenu.tsx';
import { Plot } from './plot.tsx';

export interface RelationsProps {
  model: ComparisonModel;
  host: IHost;
  trans: TranslationBundle;
}

/** What every picture needs. */
export interface PictureProps extends RelationsProps {
  relations: Relations;
  chosen: IChosen;
  look: IRelationsLook;
  /** The choice of pictures, which stands before what each of them lets choose. */
  pictures: React.ReactElement;
}

const HEIGHT = 420;

/** The choice of a column. */
export function ColumnChoice(props: {
  label: string;
  relations: Relations;
  columns: readonly RelationColumn[];
  chosen: RelationColumn | null;
  /** What stands for none of them. */
  none?: readonly [string, string];
  onChange: (name: string) => void;
}): React.ReactElement {
  const { label, relations, columns, chosen, none, onChange } = props;
  return (
    <Choice
      label={label}
      value={chosen?.name ?? none?.[0] ?? ''}
      options={[
        ...columns.map(column => [column.name, titleOf(relations, column)] as const),
        ...(none ? [none] : [])
      ]}
      onChange={onChange}
    />
  );
}

/** A picture as it was last drawn, for its menu. */
export function useDrawn(): [React.RefObject<IDrawn | null>, (drawn: IDrawn) => void] {
  const drawn = React.useRef<IDrawn | null>(null);
  const take = React.useCallback((picture: IDrawn) => {
    (drawn as React.MutableRefObject<IDrawn | null>).current = picture;
  }, []);
  return [drawn, take];
}

/** A picture below what lets choose it. */
export function Framed(
  props: PictureProps & {
    controls?: React.ReactNode;
    name: string;
    code: string;
    /** Makes the picture; null where there is none. */
    draw: ((page: ILook) => IFigure) | null;
    height?: number;
    label: string;
    /** What is to be said of it. */
    notes: readonly (string | false)[];
    busy?: boolean;
  }
): React.ReactElement {
  const { host, trans, draw, height = HEIGHT, notes, busy = false } = props;
  const [drawn, take] = useDrawn();
  return (
    <>
      <div className="cb-line">
        {props.pictures}
        {props.controls}
        {draw && (
          <PictureMenu
            name={props.name}
            host={host}
            drawn={drawn}
            code={props.code}
            aspect={height / 840}
            trans={trans}
          />
        )}
      </div>
      <Loading busy={busy} label={trans.__('Reckoning')} />
      {draw && (
        <Plot host={host} draw={draw} height={height} label={props.label} onDrawn={take} trans={trans} />
      )}
      {notes
        .filter((note): note is string => Boolean(note))
        .map(note => (
          <p key={note} className="cb-note">
            <Marked text={note} />
          </p>
        ))}
    </>
  );
}

/** A sentence where there is no picture. */
export function Nothing(props: PictureProps & { text: string }): React.ReactElement {
  return (
    <>
      <div className="cb-line">{props.pictures}</div>
      <Empty>{props.text}</Empty>
    </>
  );
}
