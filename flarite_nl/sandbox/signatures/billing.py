"""Parameters of POST and DELETE: billing (OpenAPI document 2026-05-27.dahlia; ``test_contract.py`` compares)."""

SIGNATURES = """
POST /v1/customers
  address~:{city:str country:str line1:str line2:str postal_code:str state:str} balance:int business_name~:str
  cash_balance:{settings:{reconciliation_mode:enum|automatic|manual|merchant_default}} description:str email:str
  expand:[str] individual_name~:str invoice_prefix:str invoice_settings:{custom_fields~:[{name!:str value!:str}]
  default_payment_method:str footer:str rendering_options~:{amount_tax_display:enum|exclude_tax|include_inclusive_tax
  template:str}} metadata~:map name:str next_invoice_sequence:int payment_method:str phone:str preferred_locales:[str]
  shipping~:{address!:{city:str country:str line1:str line2:str postal_code:str state:str} name!:str phone:str}
  source:str tax:{ip_address~:str validate_location:enum|deferred|immediately} tax_exempt:enum|exempt|none|reverse
  tax_id_data:[{type!:str value!:str}] test_clock:str
POST /v1/customers/{customer}
  address~:{city:str country:str line1:str line2:str postal_code:str state:str} balance:int
  bank_account:{account_holder_name:str account_holder_type:enum|company|individual account_number!:str country!:str
  currency:str object:enum|bank_account routing_number:str} business_name~:str card:hash
  cash_balance:{settings:{reconciliation_mode:enum|automatic|manual|merchant_default}} default_alipay_account:str
  default_bank_account:str default_card:str default_source:str description:str email:str expand:[str]
  individual_name~:str invoice_prefix:str invoice_settings:{custom_fields~:[{name!:str value!:str}]
  default_payment_method:str footer:str rendering_options~:{amount_tax_display:enum|exclude_tax|include_inclusive_tax
  template:str}} metadata~:map name:str next_invoice_sequence:int phone:str preferred_locales:[str]
  shipping~:{address!:{city:str country:str line1:str line2:str postal_code:str state:str} name!:str phone:str}
  source:str tax:{ip_address~:str validate_location:enum|auto|deferred|immediately}
  tax_exempt:enum|exempt|none|reverse
DELETE /v1/customers/{customer}
POST /v1/subscriptions
  add_invoice_items:[hash] application_fee_percent~:num automatic_tax:{enabled!:bool liability:{account:str
  type!:enum|account|self}} backdate_start_date:time billing_cycle_anchor:time
  billing_cycle_anchor_config:{day_of_month!:int hour:int minute:int month:int second:int}
  billing_mode:{flexible:{proration_discounts:enum|included|itemized} type!:enum|classic|flexible}
  billing_schedules:[{applies_to:[{price:str type!:enum|price}]
  bill_until!:{duration:{interval!:enum|day|month|week|year interval_count:int} timestamp:time
  type!:enum|duration|timestamp} key:str}] billing_thresholds~:{amount_gte:int reset_billing_cycle_anchor:bool}
  cancel_at:int|max_billed_until|max_period_end|min_period_end cancel_at_period_end:bool
  collection_method:enum|charge_automatically|send_invoice currency:str customer:str customer_account:str
  days_until_due:int default_payment_method:str default_source:str default_tax_rates~:[str] description:str
  discounts~:[{coupon:str discount:str promotion_code:str}] expand:[str] invoice_settings:{account_tax_ids~:[str]
  issuer:{account:str type!:enum|account|self}} items:[{billing_thresholds~:{usage_gte!:int} discounts~:[{coupon:str
  discount:str promotion_code:str}] metadata:map price:str price_data:{currency!:str product!:str
  recurring!:{interval!:enum|day|month|week|year interval_count:int} tax_behavior:enum|exclusive|inclusive|unspecified
  unit_amount:int unit_amount_decimal:num} quantity:int tax_rates~:[str]}] metadata~:map off_session:bool
  on_behalf_of~:str
  payment_behavior:enum|allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete
  payment_settings:hash pending_invoice_item_interval~:{interval!:enum|day|month|week|year interval_count:int}
  proration_behavior:enum|always_invoice|create_prorations|none transfer_data:{amount_percent:num destination!:str}
  trial_end:time|now trial_from_plan:bool trial_period_days:int
  trial_settings:{end_behavior!:{missing_payment_method!:enum|cancel|create_invoice|pause}}
POST /v1/subscriptions/{subscription_exposed_id}
  add_invoice_items:[hash] application_fee_percent~:num automatic_tax:{enabled!:bool liability:{account:str
  type!:enum|account|self}} billing_cycle_anchor:enum|now|unchanged billing_schedules~:[{applies_to:[{price:str
  type!:enum|price}] bill_until:{duration:{interval!:enum|day|month|week|year interval_count:int} timestamp:time
  type!:enum|duration|timestamp} key:str}] billing_thresholds~:{amount_gte:int reset_billing_cycle_anchor:bool}
  cancel_at_period_end:bool cancel_at~:int|max_billed_until|max_period_end|min_period_end
  cancellation_details:{comment~:str
  feedback:enum|customer_service|low_quality|missing_features|other|switched_service|too_complex|too_expensive|unused}
  collection_method:enum|charge_automatically|send_invoice days_until_due:int default_payment_method:str
  default_source~:str default_tax_rates~:[str] description~:str discounts~:[{coupon:str discount:str
  promotion_code:str}] expand:[str] invoice_settings:{account_tax_ids~:[str] issuer:{account:str
  type!:enum|account|self}} items:[{billing_thresholds~:{usage_gte!:int} clear_usage:bool deleted:bool
  discounts~:[{coupon:str discount:str promotion_code:str}] id:str metadata~:map price:str price_data:{currency!:str
  product!:str recurring!:{interval!:enum|day|month|week|year interval_count:int}
  tax_behavior:enum|exclusive|inclusive|unspecified unit_amount:int unit_amount_decimal:num} quantity:int
  tax_rates~:[str]}] metadata~:map off_session:bool on_behalf_of~:str
  pause_collection~:{behavior!:enum|keep_as_draft|mark_uncollectible|void resumes_at:time}
  payment_behavior:enum|allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete
  payment_settings:hash pending_invoice_item_interval~:{interval!:enum|day|month|week|year interval_count:int}
  proration_behavior:enum|always_invoice|create_prorations|none proration_date:time transfer_data~:{amount_percent:num
  destination!:str} trial_end:time|now trial_from_plan:bool
  trial_settings:{end_behavior!:{missing_payment_method!:enum|cancel|create_invoice|pause}}
DELETE /v1/subscriptions/{subscription_exposed_id}
  cancellation_details:{comment~:str
  feedback:enum|customer_service|low_quality|missing_features|other|switched_service|too_complex|too_expensive|unused}
  expand:[str] invoice_now:bool prorate:bool
POST /v1/subscriptions/{subscription}/resume
  billing_cycle_anchor:enum|now|unchanged expand:[str] proration_behavior:enum|always_invoice|create_prorations|none
  proration_date:time
POST /v1/invoices
  account_tax_ids~:[str] application_fee_amount:int auto_advance:bool automatic_tax:{enabled!:bool
  liability:{account:str type!:enum|account|self}} automatically_finalizes_at:time
  collection_method:enum|charge_automatically|send_invoice currency:str custom_fields~:[{name!:str value!:str}]
  customer:str customer_account:str days_until_due:int default_payment_method:str default_source:str
  default_tax_rates:[str] description:str discounts~:[{coupon:str discount:str promotion_code:str}] due_date:time
  effective_at:time expand:[str] footer:str from_invoice:{action!:enum|revision invoice!:str} issuer:{account:str
  type!:enum|account|self} metadata~:map number:str on_behalf_of:str payment_settings:hash
  pending_invoice_items_behavior:enum|exclude|include
  rendering:{amount_tax_display:enum|exclude_tax|include_inclusive_tax pdf:{page_size:enum|a4|auto|letter}
  template:str template_version~:int} shipping_cost:hash shipping_details:{address!:{city:str country:str line1:str
  line2:str postal_code:str state:str} name!:str phone~:str} statement_descriptor:str subscription:str
  transfer_data:{amount:int destination!:str}
POST /v1/invoices/{invoice}
  account_tax_ids~:[str] application_fee_amount:int auto_advance:bool automatic_tax:{enabled!:bool
  liability:{account:str type!:enum|account|self}} automatically_finalizes_at:time
  collection_method:enum|charge_automatically|send_invoice custom_fields~:[{name!:str value!:str}] days_until_due:int
  default_payment_method:str default_source~:str default_tax_rates~:[str] description:str discounts~:[{coupon:str
  discount:str promotion_code:str}] due_date:time effective_at~:time expand:[str] footer:str issuer:{account:str
  type!:enum|account|self} metadata~:map number~:str on_behalf_of~:str payment_settings:hash
  rendering:{amount_tax_display:enum|exclude_tax|include_inclusive_tax pdf:{page_size:enum|a4|auto|letter}
  template:str template_version~:int} shipping_cost~:hash shipping_details~:{address!:{city:str country:str line1:str
  line2:str postal_code:str state:str} name!:str phone~:str} statement_descriptor:str transfer_data~:{amount:int
  destination!:str}
DELETE /v1/invoices/{invoice}
POST /v1/invoices/{invoice}/finalize
  auto_advance:bool expand:[str]
POST /v1/invoices/{invoice}/send
  expand:[str]
POST /v1/invoices/{invoice}/pay
  expand:[str] forgive:bool mandate~:str off_session:bool paid_out_of_band:bool payment_method:str source:str
POST /v1/invoices/{invoice}/void
  expand:[str]
POST /v1/invoices/{invoice}/mark_uncollectible
  expand:[str]
POST /v1/invoiceitems
  amount:int currency:str customer:str customer_account:str description:str discountable:bool discounts~:[{coupon:str
  discount:str promotion_code:str}] expand:[str] invoice:str metadata~:map period:{end!:time start!:time}
  price_data:{currency!:str product!:str tax_behavior:enum|exclusive|inclusive|unspecified unit_amount:int
  unit_amount_decimal:num} pricing:{price:str} quantity:int quantity_decimal:num subscription:str
  tax_behavior:enum|exclusive|inclusive|unspecified tax_code~:str tax_rates:[str] unit_amount_decimal:num
POST /v1/invoiceitems/{invoiceitem}
  amount:int description:str discountable:bool discounts~:[{coupon:str discount:str promotion_code:str}] expand:[str]
  metadata~:map period:{end!:time start!:time} price_data:{currency!:str product!:str
  tax_behavior:enum|exclusive|inclusive|unspecified unit_amount:int unit_amount_decimal:num} pricing:{price:str}
  quantity:int quantity_decimal:num tax_behavior:enum|exclusive|inclusive|unspecified tax_code~:str tax_rates~:[str]
  unit_amount_decimal:num
DELETE /v1/invoiceitems/{invoiceitem}
POST /v1/products
  active:bool default_price_data:{currency!:str currency_options:map custom_unit_amount:{enabled!:bool maximum:int
  minimum:int preset:int} metadata:map recurring:{interval!:enum|day|month|week|year interval_count:int}
  tax_behavior:enum|exclusive|inclusive|unspecified unit_amount:int unit_amount_decimal:num} description:str
  expand:[str] id:str images:[str] marketing_features:[{name!:str}] metadata:map name!:str
  package_dimensions:{height!:num length!:num weight!:num width!:num} shippable:bool statement_descriptor:str
  tax_code:str unit_label:str url:str
POST /v1/products/{id}
  active:bool default_price:str description~:str expand:[str] images~:[str] marketing_features~:[{name!:str}]
  metadata~:map name:str package_dimensions~:{height!:num length!:num weight!:num width!:num} shippable:bool
  statement_descriptor:str tax_code~:str unit_label~:str url~:str
DELETE /v1/products/{id}
POST /v1/prices
  active:bool billing_scheme:enum|per_unit|tiered currency!:str currency_options:map custom_unit_amount:{enabled!:bool
  maximum:int minimum:int preset:int} expand:[str] lookup_key:str metadata:map nickname:str product:str
  product_data:{active:bool id:str metadata:map name!:str statement_descriptor:str tax_code:str unit_label:str}
  recurring:{interval!:enum|day|month|week|year interval_count:int meter:str usage_type:enum|licensed|metered}
  tax_behavior:enum|exclusive|inclusive|unspecified tiers:[{flat_amount:int flat_amount_decimal:num unit_amount:int
  unit_amount_decimal:num up_to!:int|inf}] tiers_mode:enum|graduated|volume transfer_lookup_key:bool
  transform_quantity:{divide_by!:int round!:enum|down|up} unit_amount:int unit_amount_decimal:num
POST /v1/prices/{price}
  active:bool currency_options~:map expand:[str] lookup_key:str metadata~:map nickname:str
  tax_behavior:enum|exclusive|inclusive|unspecified transfer_lookup_key:bool
POST /v1/coupons
  amount_off:int applies_to:{products:[str]} currency:str currency_options:map duration:enum|forever|once|repeating
  duration_in_months:int expand:[str] id:str max_redemptions:int metadata~:map name:str percent_off:num redeem_by:time
POST /v1/coupons/{coupon}
  currency_options:map expand:[str] metadata~:map name:str
DELETE /v1/coupons/{coupon}
POST /v1/promotion_codes
  active:bool code:str customer:str customer_account:str expand:[str] expires_at:time max_redemptions:int metadata:map
  promotion!:{coupon:str type!:enum|coupon} restrictions:{currency_options:map first_time_transaction:bool
  minimum_amount:int minimum_amount_currency:str}
POST /v1/promotion_codes/{promotion_code}
  active:bool expand:[str] metadata~:map restrictions:{currency_options:map}
"""
