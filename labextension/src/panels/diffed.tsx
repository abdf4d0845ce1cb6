/** Text in which what came and what went is marked. */

import * as React from 'react';

import type { Piece } from '../models/wordDiff.ts';

/** The pieces, one after another. */
export function Pieces(props: { pieces: readonly Piece[] }): React.ReactElement {
  return (
    <>
      {props.pieces.map(({ kind, text }, place) =>
        kind === 'added' ? (
          <ins key={place}>{text}</ins>
        ) : kind === 'removed' ? (
          <del key={place}>{text}</del>
        ) : (
          text
        )
      )}
    </>
  );
}
