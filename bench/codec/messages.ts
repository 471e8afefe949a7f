/** The four messages. The contenders differ in what they have for 64-bit numbers and bytes. */
export interface Event<Long> {
  readonly order: number;
  readonly kind: string;
  readonly actor: string;
  readonly atMs: Long;
  readonly final: boolean;
  readonly change: number;
}

export interface Order<Long, Bytes = Uint8Array> {
  readonly id: Long;
  readonly customer: Customer;
  readonly lines: readonly Line[];
  readonly status: number;
  readonly orderedAtMs: Long;
  readonly note: string;
  readonly labels: readonly string[];
  readonly payment: Payment<Bytes>;
}

export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly shipping: Address;
}

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly country: string;
}

interface Line {
  readonly article: string;
  readonly name: string;
  readonly quantity: number;
  readonly priceCents: number;
  readonly weight: number;
}

export interface Payment<Bytes = Uint8Array> {
  readonly method: string;
  readonly currency: string;
  readonly totalCents: number;
  readonly confirmed: boolean;
  readonly receipt: Bytes;
}

export interface Readings {
  readonly sensor: number;
  readonly temperatures: readonly number[];
  readonly intervals: readonly number[];
  readonly changes: readonly number[];
}

export interface Review {
  readonly id: number;
  readonly article: string;
  readonly title: string;
  readonly text: string;
  readonly topics: readonly string[];
  readonly answers: readonly { readonly author: string; readonly text: string }[];
}
