/** What a menu holds. */
import type { Component } from 'vue';

export type MenuEntry =
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly icon?: Component;
      readonly detail?: string;
      readonly keys?: string;
      readonly isDisabled?: boolean;
      readonly isChecked?: boolean;
      readonly run: () => void;
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'line' };
