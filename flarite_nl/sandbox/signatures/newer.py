"""Parameters that API version 2026-10-28.endive has and the OpenAPI document of 2026-05-27.dahlia lacks.

They add to the other signatures. Source: ``stripe.params`` of stripe-python 16.1 (``test_contract.py`` compares).
"""

SIGNATURES = """
POST /v1/subscriptions/{subscription}/pause
  bill_for:hash expand:[str] invoicing_behavior:enum|invoice|pending_invoice_item type:enum|subscription
POST /v1/subscriptions/{subscription}/resume
  billing_cycle_anchor:{type!:enum|now|unchanged}
  payment_behavior:enum|resume_on_payment_attempt|resume_on_payment_success
POST /v1/payment_intents
  allowed_payment_method_types:[str]
POST /v1/payment_intents/{intent}
  allowed_payment_method_types:[str]
POST /v1/payment_intents/{intent}/confirm
  allowed_payment_method_types:[str]
POST /v1/disputes/{dispute}
  intended_submission_method:str
POST /v1/payment_links/{payment_link}
  application_fee_amount:int application_fee_percent:num consent_collection:hash on_behalf_of:str
  shipping_options:[hash] transfer_data:hash
POST /v1/customers
  validate:bool
POST /v1/customers/{customer}
  validate:bool
POST /v1/invoiceitems/{invoiceitem}
  invoicing_rules:hash
POST /v1/products
  tax_details:hash type:str
POST /v1/products/{id}
  tax_details:hash
GET /v1/subscriptions
  plan:str
GET /v1/products
  type:str
"""
