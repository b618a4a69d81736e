"""Parameters of POST: payments (OpenAPI document 2026-05-27.dahlia; ``test_contract.py`` compares)."""

SIGNATURES = """
POST /v1/refunds
  amount:int charge:str currency:str customer:str expand:[str] instructions_email:str metadata~:map
  origin:enum|customer_balance payment_intent:str reason:enum|duplicate|fraudulent|requested_by_customer
  refund_application_fee:bool reverse_transfer:bool
POST /v1/refunds/{refund}
  expand:[str] metadata~:map
POST /v1/refunds/{refund}/cancel
  expand:[str]
POST /v1/charges/{charge}
  customer:str description:str expand:[str] fraud_details:{user_report!:enum|fraudulent|safe} metadata~:map
  receipt_email:str shipping:{address!:{city:str country:str line1:str line2:str postal_code:str state:str}
  carrier:str name!:str phone:str tracking_number:str} transfer_group:str
POST /v1/charges/{charge}/capture
  amount:int application_fee:int application_fee_amount:int expand:[str] receipt_email:str statement_descriptor:str
  statement_descriptor_suffix:str transfer_data:{amount:int} transfer_group:str
POST /v1/payment_intents
  amount!:int amount_details:hash application_fee_amount:int
  automatic_payment_methods:{allow_redirects:enum|always|never enabled!:bool}
  capture_method:enum|automatic|automatic_async|manual confirm:bool confirmation_method:enum|automatic|manual
  confirmation_token:str currency!:str customer:str customer_account:str description:str error_on_requires_action:bool
  excluded_payment_method_types:[enum|acss_debit|affirm|afterpay_clearpay|alipay|alma|amazon_pay|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|crypto|customer_balance|eps|fpx|giropay|grabpay|ideal|kakao_pay|klarna|konbini|kr_card|mb_way|mobilepay|multibanco|naver_pay|nz_bank_account|oxxo|p24|pay_by_bank|payco|paynow|paypal|payto|pix|promptpay|revolut_pay|samsung_pay|satispay|scalapay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip]
  expand:[str] hooks:{inputs:{tax:{calculation!~:str}}} mandate:str
  mandate_data~:{customer_acceptance!:{accepted_at:time offline:{} online:{ip_address!:str user_agent!:str}
  type!:enum|offline|online}} metadata:map off_session:bool on_behalf_of:str payment_details:{customer_reference~:str
  order_reference~:str} payment_method:str payment_method_configuration:str payment_method_data:hash
  payment_method_options:hash payment_method_types:[str] radar_options:{session:str} receipt_email:str return_url:str
  setup_future_usage:enum|off_session|on_session shipping:{address!:{city:str country:str line1:str line2:str
  postal_code:str state:str} carrier:str name!:str phone:str tracking_number:str} statement_descriptor:str
  statement_descriptor_suffix:str transfer_data:{amount:int description:str destination!:str metadata~:map
  payment_data:{description:str metadata~:map}} transfer_group:str use_stripe_sdk:bool
POST /v1/payment_intents/{intent}
  amount:int amount_details~:hash application_fee_amount~:int capture_method:enum|automatic|automatic_async|manual
  currency:str customer:str customer_account:str description:str
  excluded_payment_method_types~:[enum|acss_debit|affirm|afterpay_clearpay|alipay|alma|amazon_pay|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|crypto|customer_balance|eps|fpx|giropay|grabpay|ideal|kakao_pay|klarna|konbini|kr_card|mb_way|mobilepay|multibanco|naver_pay|nz_bank_account|oxxo|p24|pay_by_bank|payco|paynow|paypal|payto|pix|promptpay|revolut_pay|samsung_pay|satispay|scalapay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip]
  expand:[str] hooks:{inputs:{tax:{calculation!~:str}}} metadata~:map payment_details~:{customer_reference~:str
  order_reference~:str} payment_method:str payment_method_configuration:str payment_method_data:hash
  payment_method_options:hash payment_method_types:[str] receipt_email~:str
  setup_future_usage:enum|off_session|on_session shipping~:{address!:{city:str country:str line1:str line2:str
  postal_code:str state:str} carrier:str name!:str phone:str tracking_number:str} statement_descriptor:str
  statement_descriptor_suffix:str transfer_data:{amount:int description:str metadata~:map
  payment_data:{description:str metadata~:map}} transfer_group:str
POST /v1/payment_intents/{intent}/confirm
  amount_details~:hash amount_to_confirm:int capture_method:enum|automatic|automatic_async|manual client_secret:str
  confirmation_token:str error_on_requires_action:bool
  excluded_payment_method_types~:[enum|acss_debit|affirm|afterpay_clearpay|alipay|alma|amazon_pay|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|crypto|customer_balance|eps|fpx|giropay|grabpay|ideal|kakao_pay|klarna|konbini|kr_card|mb_way|mobilepay|multibanco|naver_pay|nz_bank_account|oxxo|p24|pay_by_bank|payco|paynow|paypal|payto|pix|promptpay|revolut_pay|samsung_pay|satispay|scalapay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip]
  expand:[str] hooks:{inputs:{tax:{calculation!~:str}}} mandate:str
  mandate_data~:{customer_acceptance!:{accepted_at:time offline:{} online:{ip_address!:str user_agent!:str}
  type!:enum|offline|online}} off_session:bool payment_details~:{customer_reference~:str order_reference~:str}
  payment_method:str payment_method_data:hash payment_method_options:hash payment_method_types:[str]
  radar_options:{session:str} receipt_email~:str return_url:str setup_future_usage:enum|off_session|on_session
  shipping~:{address!:{city:str country:str line1:str line2:str postal_code:str state:str} carrier:str name!:str
  phone:str tracking_number:str} use_stripe_sdk:bool
POST /v1/payment_intents/{intent}/capture
  amount_details:hash amount_to_capture:int application_fee_amount:int expand:[str] final_capture:bool
  hooks:{inputs:{tax:{calculation!~:str}}} metadata~:map payment_details~:{customer_reference~:str
  order_reference~:str} statement_descriptor:str statement_descriptor_suffix:str transfer_data:{amount:int}
POST /v1/payment_intents/{intent}/cancel
  cancellation_reason:enum|abandoned|duplicate|fraudulent|requested_by_customer expand:[str]
POST /v1/disputes/{dispute}
  evidence:{access_activity_log:str billing_address:str cancellation_policy:str cancellation_policy_disclosure:str
  cancellation_rebuttal:str customer_communication:str customer_email_address:str customer_name:str
  customer_purchase_ip:str customer_signature:str duplicate_charge_documentation:str duplicate_charge_explanation:str
  duplicate_charge_id:str enhanced_evidence~:hash product_description:str receipt:str refund_policy:str
  refund_policy_disclosure:str refund_refusal_explanation:str service_date:str service_documentation:str
  shipping_address:str shipping_carrier:str shipping_date:str shipping_documentation:str shipping_tracking_number:str
  uncategorized_file:str uncategorized_text:str} expand:[str] metadata~:map submit:bool
POST /v1/disputes/{dispute}/close
  expand:[str]
POST /v1/payouts
  amount!:int currency!:str description:str destination:str expand:[str] metadata:map method:enum|instant|standard
  payout_method:str source_type:enum|bank_account|card|fpx statement_descriptor:str
POST /v1/payouts/{payout}
  expand:[str] metadata~:map
POST /v1/payouts/{payout}/cancel
  expand:[str]
POST /v1/payment_links
  after_completion:{hosted_confirmation:{custom_message:str} redirect:{url!:str}
  type!:enum|hosted_confirmation|redirect} allow_promotion_codes:bool application_fee_amount:int
  application_fee_percent:num automatic_tax:{enabled!:bool liability:{account:str type!:enum|account|self}}
  billing_address_collection:enum|auto|required
  consent_collection:{payment_method_reuse_agreement:{position!:enum|auto|hidden} promotions:enum|auto|none
  terms_of_service:enum|none|required} currency:str custom_fields:[hash] custom_text:{after_submit~:{message!:str}
  shipping_address~:{message!:str} submit~:{message!:str} terms_of_service_acceptance~:{message!:str}}
  customer_creation:enum|always|if_required expand:[str] inactive_message:str invoice_creation:hash
  line_items!:[{adjustable_quantity:{enabled!:bool maximum:int minimum:int} price:str price_data:{currency!:str
  product:str product_data:{description:str images:[str] metadata:map name!:str tax_code:str unit_label:str}
  recurring:{interval!:enum|day|month|week|year interval_count:int} tax_behavior:enum|exclusive|inclusive|unspecified
  unit_amount:int unit_amount_decimal:num} quantity!:int}] managed_payments:{enabled:bool} metadata:map
  name_collection:{business:{enabled!:bool optional:bool} individual:{enabled!:bool optional:bool}} on_behalf_of:str
  optional_items:[{adjustable_quantity:{enabled!:bool maximum:int minimum:int} price!:str quantity!:int}]
  payment_intent_data:{capture_method:enum|automatic|automatic_async|manual description:str metadata:map
  setup_future_usage:enum|off_session|on_session statement_descriptor:str statement_descriptor_suffix:str
  transfer_group:str} payment_method_collection:enum|always|if_required
  payment_method_options:{card:{restrictions:{brands_blocked:[enum|american_express|discover_global_network|mastercard|visa]}}}
  payment_method_types:[enum|affirm|afterpay_clearpay|alipay|alma|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|eps|fpx|giropay|grabpay|ideal|klarna|konbini|link|mb_way|mobilepay|multibanco|oxxo|p24|pay_by_bank|paynow|paypal|payto|pix|promptpay|satispay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip]
  phone_number_collection:{enabled!:bool} restrictions:{completed_sessions!:{limit!:int}}
  shipping_address_collection:{allowed_countries!:[str]} shipping_options:[{shipping_rate:str}]
  submit_type:enum|auto|book|donate|pay|subscribe subscription_data:{description:str
  invoice_settings:{issuer:{account:str type!:enum|account|self}} metadata:map trial_period_days:int
  trial_settings:{end_behavior!:{missing_payment_method!:enum|cancel|create_invoice|pause}}}
  tax_id_collection:{enabled!:bool required:enum|if_supported|never} transfer_data:{amount:int destination!:str}
POST /v1/payment_links/{payment_link}
  active:bool after_completion:{hosted_confirmation:{custom_message:str} redirect:{url!:str}
  type!:enum|hosted_confirmation|redirect} allow_promotion_codes:bool automatic_tax:{enabled!:bool
  liability:{account:str type!:enum|account|self}} billing_address_collection:enum|auto|required custom_fields~:[hash]
  custom_text:{after_submit~:{message!:str} shipping_address~:{message!:str} submit~:{message!:str}
  terms_of_service_acceptance~:{message!:str}} customer_creation:enum|always|if_required expand:[str]
  inactive_message~:str invoice_creation:hash line_items:[{adjustable_quantity:{enabled!:bool maximum:int minimum:int}
  id!:str quantity:int}] metadata:map name_collection~:{business:{enabled!:bool optional:bool}
  individual:{enabled!:bool optional:bool}} optional_items~:[{adjustable_quantity:{enabled!:bool maximum:int
  minimum:int} price!:str quantity!:int}] payment_intent_data:{description~:str metadata~:map
  statement_descriptor~:str statement_descriptor_suffix~:str transfer_group~:str}
  payment_method_collection:enum|always|if_required
  payment_method_options~:{card~:{restrictions~:{brands_blocked~:[enum|american_express|discover_global_network|mastercard|visa]}}}
  payment_method_types~:[enum|affirm|afterpay_clearpay|alipay|alma|au_becs_debit|bacs_debit|bancontact|billie|bizum|blik|boleto|card|cashapp|eps|fpx|giropay|grabpay|ideal|klarna|konbini|link|mb_way|mobilepay|multibanco|oxxo|p24|pay_by_bank|paynow|paypal|payto|pix|promptpay|satispay|sepa_debit|sofort|sunbit|swish|twint|upi|us_bank_account|wechat_pay|zip]
  phone_number_collection:{enabled!:bool} restrictions~:{completed_sessions!:{limit!:int}}
  shipping_address_collection~:{allowed_countries!:[str]} submit_type:enum|auto|book|donate|pay|subscribe
  subscription_data:{invoice_settings:{issuer:{account:str type!:enum|account|self}} metadata~:map
  trial_period_days~:int trial_settings~:{end_behavior!:{missing_payment_method!:enum|cancel|create_invoice|pause}}}
  tax_id_collection:{enabled!:bool required:enum|if_supported|never}
"""
