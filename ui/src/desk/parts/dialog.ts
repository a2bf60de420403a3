import type { InjectionKey } from 'vue'

/** A dialog lies above everything else of the page: what opens inside it has to be a part of it. */
export const kInDialog: InjectionKey<boolean> = Symbol('in a dialog')
