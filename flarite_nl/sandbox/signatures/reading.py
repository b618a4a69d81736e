"""Parameters of GET (OpenAPI document 2026-05-27.dahlia; ``test_contract.py`` compares)."""

SIGNATURES = """
GET /v1/charges
  created:range customer:str ending_before:str expand:[str] limit:int payment_intent:str starting_after:str
  transfer_group:str
GET /v1/charges/search
  expand:[str] limit:int page:str query!:str
GET /v1/charges/{charge}
  expand:[str]
GET /v1/customers
  created:range email:str ending_before:str expand:[str] limit:int starting_after:str test_clock:str
GET /v1/customers/search
  expand:[str] limit:int page:str query!:str
GET /v1/customers/{customer}
  expand:[str]
GET /v1/payment_intents
  created:range customer:str customer_account:str ending_before:str expand:[str] limit:int starting_after:str
GET /v1/payment_intents/search
  expand:[str] limit:int page:str query!:str
GET /v1/payment_intents/{intent}
  client_secret:str expand:[str]
GET /v1/refunds
  charge:str created:range ending_before:str expand:[str] limit:int payment_intent:str starting_after:str
GET /v1/refunds/{refund}
  expand:[str]
GET /v1/subscriptions
  automatic_tax:{enabled!:bool} collection_method:enum|charge_automatically|send_invoice created:range
  current_period_end:range current_period_start:range customer:str customer_account:str ending_before:str expand:[str]
  limit:int price:str starting_after:str
  status:enum|active|all|canceled|ended|incomplete|incomplete_expired|past_due|paused|trialing|unpaid test_clock:str
GET /v1/subscriptions/search
  expand:[str] limit:int page:str query!:str
GET /v1/subscriptions/{subscription_exposed_id}
  expand:[str]
GET /v1/subscription_items
  ending_before:str expand:[str] limit:int starting_after:str subscription!:str
GET /v1/subscription_items/{item}
  expand:[str]
GET /v1/invoices
  collection_method:enum|charge_automatically|send_invoice created:range customer:str customer_account:str
  due_date:range ending_before:str expand:[str] limit:int starting_after:str
  status:enum|draft|open|paid|uncollectible|void subscription:str
GET /v1/invoices/search
  expand:[str] limit:int page:str query!:str
GET /v1/invoices/{invoice}
  expand:[str]
GET /v1/invoiceitems
  created:range customer:str customer_account:str ending_before:str expand:[str] invoice:str limit:int pending:bool
  starting_after:str
GET /v1/invoiceitems/{invoiceitem}
  expand:[str]
GET /v1/products
  active:bool created:range ending_before:str expand:[str] ids:[str] limit:int shippable:bool starting_after:str
  url:str
GET /v1/products/search
  expand:[str] limit:int page:str query!:str
GET /v1/products/{id}
  expand:[str]
GET /v1/prices
  active:bool created:range currency:str ending_before:str expand:[str] limit:int lookup_keys:[str] product:str
  recurring:{interval:enum|day|month|week|year meter:str usage_type:enum|licensed|metered} starting_after:str
  type:enum|one_time|recurring
GET /v1/prices/search
  expand:[str] limit:int page:str query!:str
GET /v1/prices/{price}
  expand:[str]
GET /v1/disputes
  charge:str created:range ending_before:str expand:[str] limit:int payment_intent:str starting_after:str
GET /v1/disputes/{dispute}
  expand:[str]
GET /v1/coupons
  created:range ending_before:str expand:[str] limit:int starting_after:str
GET /v1/coupons/{coupon}
  expand:[str]
GET /v1/promotion_codes
  active:bool code:str coupon:str created:range customer:str customer_account:str ending_before:str expand:[str]
  limit:int starting_after:str
GET /v1/promotion_codes/{promotion_code}
  expand:[str]
GET /v1/payouts
  arrival_date:range created:range destination:str ending_before:str expand:[str] limit:int starting_after:str
  status:str
GET /v1/payouts/{payout}
  expand:[str]
GET /v1/balance_transactions
  created:range currency:str ending_before:str expand:[str] limit:int payout:str source:str starting_after:str
  type:str
GET /v1/balance_transactions/{id}
  expand:[str]
GET /v1/payment_links
  active:bool ending_before:str expand:[str] limit:int starting_after:str
GET /v1/payment_links/{payment_link}
  expand:[str]
GET /v1/payment_methods
  allow_redisplay:enum|always|limited|unspecified customer:str customer_account:str ending_before:str expand:[str]
  limit:int starting_after:str
  type:enum|acss_debit|affirm|afterpay_clearpay|alipay|alma|amazon_pay|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|crypto|custom|customer_balance|eps|fpx|giropay|grabpay|ideal|kakao_pay|klarna|konbini|kr_card|link|mb_way|mobilepay|multibanco|naver_pay|nz_bank_account|oxxo|p24|pay_by_bank|payco|paynow|paypal|payto|pix|promptpay|revolut_pay|samsung_pay|satispay|scalapay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip
GET /v1/payment_methods/{payment_method}
  expand:[str]
GET /v1/balance
  expand:[str]
GET /v1/account
  expand:[str]
GET /v1/invoices/{invoice}/lines
  ending_before:str expand:[str] limit:int starting_after:str
GET /v1/payment_links/{payment_link}/line_items
  ending_before:str expand:[str] limit:int starting_after:str
GET /v1/charges/{charge}/refunds
  ending_before:str expand:[str] limit:int starting_after:str
GET /v1/customers/{customer}/payment_methods
  allow_redisplay:enum|always|limited|unspecified ending_before:str expand:[str] limit:int starting_after:str
  type:enum|acss_debit|affirm|afterpay_clearpay|alipay|alma|amazon_pay|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|crypto|custom|customer_balance|eps|fpx|giropay|grabpay|ideal|kakao_pay|klarna|konbini|kr_card|link|mb_way|mobilepay|multibanco|naver_pay|nz_bank_account|oxxo|p24|pay_by_bank|payco|paynow|paypal|payto|pix|promptpay|revolut_pay|samsung_pay|satispay|scalapay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip
GET /v1/customers/{customer}/payment_methods/{payment_method}
  expand:[str]
GET /v1/customers/{customer}/sources
  ending_before:str expand:[str] limit:int object:str starting_after:str
"""
