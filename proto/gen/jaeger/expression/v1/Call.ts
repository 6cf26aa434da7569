// Original file: proto/jaeger/expression/v1/expression.proto

import type { Expression as _jaeger_expression_v1_Expression, Expression__Output as _jaeger_expression_v1_Expression__Output } from '../../../jaeger/expression/v1/Expression.ts';

export interface Call {
  'op'?: (string);
  'args'?: (_jaeger_expression_v1_Expression)[];
}

export interface Call__Output {
  'op': (string);
  'args': (_jaeger_expression_v1_Expression__Output)[];
}
