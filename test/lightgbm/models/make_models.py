# Writes models and what Python answers for them: python make_models.py [version]; keep a few of the files.
import sys,os,json,pickle,warnings
warnings.filterwarnings('ignore')

import numpy as np, lightgbm as lgb, pandas as pd
out='lgb2.3.1'; os.makedirs(out,exist_ok=True)
rng=np.random.RandomState(0); X=rng.randn(300,5); X[:,3]=np.round(X[:,3]); X[rng.rand(300,5)<.1]=np.nan
z=np.nan_to_num(X); yr=z[:,0]*2+z[:,3]+.1*rng.randn(300); yb=(yr>0).astype(int); ym=np.digitize(yr,[-1,0.5,1.5]); ys=np.array(['n','y'])[yb]
T=X[:30]
js=lambda a:json.loads(json.dumps(np.asarray(a,dtype=object if np.asarray(a).dtype.kind in'USO' else float).tolist()).replace('NaN','null'))
def one(name,m,y,X=X,T=T,inp=None,**fit):
    try:
        m.fit(X,y,**fit); p=pickle.dumps(m); m=pickle.loads(p); open(f'{out}/{name}.pkl','wb').write(p)
        e={'predict':js(m.predict(T))}
        if hasattr(m,'predict_proba'): e['predict_proba']=js(m.predict_proba(T))
        inp=inp or js(T)
        json.dump({'input':inp,'expected':e,'raw':js(m.predict(T,raw_score=True)),'leaves':js(m.predict(T,pred_leaf=True)),'rtol':1e-12},open(f'{out}/{name}.json','w'))
        b=m.booster_; b.save_model(f'{out}/{name}_booster.txt'); pickle.dump(b,open(f'{out}/{name}_booster.pkl','wb'))
        json.dump({'input':inp,'expected':{'predict':js(b.predict(T))},'rtol':1e-12},open(f'{out}/{name}_booster.json','w')); print(name,'ok')
    except Exception as ex: print('FAIL',name,repr(ex)[:200])
k=dict(n_estimators=6,num_leaves=7,min_child_samples=5)
one('bin',lgb.LGBMClassifier(**k),yb); one('str',lgb.LGBMClassifier(**k),ys); one('multi',lgb.LGBMClassifier(**k),ym)
one('zm',lgb.LGBMClassifier(zero_as_missing=True,**k),yb); one('nomiss',lgb.LGBMClassifier(use_missing=False,**k),yb)
one('reg',lgb.LGBMRegressor(**k),yr); one('dart',lgb.LGBMRegressor(boosting_type='dart',**k),yr)
one('rf',lgb.LGBMClassifier(boosting_type='rf',subsample=.7,subsample_freq=1,**k),ym)
one('early',lgb.LGBMClassifier(n_estimators=60,learning_rate=.5),yb,eval_set=[(X[200:],yb[::-1][:100])],early_stopping_rounds=2,verbose=False)
one('sig',lgb.LGBMClassifier(sigmoid=2.0,**k),yb); one('l1',lgb.LGBMRegressor(objective='mae',reg_sqrt=True,**k),yr); one('xl',lgb.LGBMRegressor(objective='cross_entropy_lambda',**k),yb)
D=pd.DataFrame(X,columns=list('abcde')); D['c']=pd.Categorical(np.where(rng.rand(300)<.1,None,np.array(['p','q','r','s','t'])[rng.randint(0,5,300)])); D['f']=pd.Categorical(rng.randint(3,8,300)*10)
yc=yr+D['c'].cat.codes+ (D['f'].cat.codes%2)*3
t=D[:30].copy()
inp={'columns':list(D.columns),'data':json.loads(t.astype(object).where(t.notna(),None).to_json(orient='values'))}
one('cat',lgb.LGBMRegressor(cat_smooth=1,min_data_per_group=2,**k),yc,X=D,T=t,inp=inp)
