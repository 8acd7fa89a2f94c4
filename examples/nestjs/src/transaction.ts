export interface Transaction {
  amount: number;
  merchant_category: string;
  time_of_day: number;
  account_age_days: number;
  transactions_last_24h: number;
}
